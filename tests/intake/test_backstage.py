"""What Backstage's entities become here, and what is said of those that become nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from failonce.catalogue.interchange import Report, catalogue_data
from failonce.catalogue.models import Offering, Service
from failonce.catalogue.writes import describe_service, services_named
from failonce.history.chain import verify
from failonce.history.models import Entry
from failonce.intake.backstage.importing import import_catalogue
from failonce.people.errors import NotAllowed
from failonce.people.models import Person, Team

SHOP = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: Checkout.Web
  title: Checkout
  description: Where carts become orders.
  tags: [Django, postgresql]
  labels: {tier: "1"}
  annotations:
    backstage.io/source-location: url:https://git.example/shop/mono/tree/main/services/checkout/
    example.com/pager: abc
spec:
  type: website
  lifecycle: production
  owner: group:default/cart-people
  system: shop
  dependsOn: [resource:orders-db, "component:default/ledger"]
  consumesApis: [prices-api]
  providesApis: [checkout-api]
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: prices}
spec: {type: service, lifecycle: deprecated, owner: user:ada, providesApis: [prices-api]}
---
apiVersion: backstage.io/v1beta1
kind: Component
metadata: {name: price-cache}
spec:
  {type: service, lifecycle: production, owner: cart-people, subcomponentOf: prices, dependencyOf: [component:ledger]}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: ledger, namespace: default}
spec: {type: service, lifecycle: production, owner: cart-people}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: prices-api, title: Prices, description: What things cost today.}
spec: {type: openapi, lifecycle: production, owner: cart-people, definition: {$text: ./openapi.yaml}}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: checkout-api}
spec: {type: grpc, lifecycle: production, owner: cart-people, definition: ""}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: orders-db}
spec: {type: database, owner: cart-people}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {name: shop}
spec: {owner: cart-people, domain: selling}
---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: cart-people}
spec: {type: team, profile: {displayName: Cart people}, children: []}
"""

LEFT_OUT = """
Document 1 of file-2.yaml (line 1) is left out: it isn't an entity with apiVersion, kind and metadata.
Document 2 of file-2.yaml (line 3) is left out: its apiVersion is missing and isn't Backstage's.
Document 3 of file-2.yaml (line 5) is left out: its apiVersion apps/v1 isn't Backstage's.
Document 4 of file-2.yaml (line 9) is left out: its name two words isn't a name Backstage would take.
Document 5 of file-2.yaml (line 13) is left out: its name is missing and isn't a name Backstage would take.
Document 6 of file-2.yaml (line 17) is left out: it has no metadata.
Document 7 of file-2.yaml (line 20) is left out: it has no kind.
Document 8 of file-2.yaml (line 25) is left out: it isn't YAML (did not find expected node content).
file-5.yaml is left out: it says nothing.
Document 1 of file-4.yaml (line 1) is left out: component:default/a stands in document 1 of file-3.yaml (line 1) already.
That component:default/a refers to component:default/gone is left out: it is neither in the files nor in the catalogue.
That component:default/a refers to api:default/gone-api is left out: it is neither in the files nor in the catalogue.
In document 1 of file-3.yaml (line 1), not a reference is left out: it isn't a reference.
api:default/orphan is left out: no component provides it, and an offering needs a service.
2 of kind user left out (ada, bo): people join by invitation.
1 of kind domain left out (sea): a domain groups systems, and the catalogue has services only.
1 of kind location left out (all): it only points to other files; import those as well.
1 of kind template left out (new-service): it makes new software and serves nobody itself.
1 of kind group left out (idle): it owns nothing here.
1 of kind wizard left out (x): the catalogue has no such kind.
"""  # noqa: E501

ONE = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{name: {name}}}\nspec: {spec}\n"


@pytest.fixture
def take_in(root: Person) -> Callable[..., Report]:
    """Import texts as an administrator."""

    def importing(*texts: str, **more: Any) -> Report:
        files = [(f"file-{number}.yaml", text.encode()) for number, text in enumerate(texts, 1)]
        return import_catalogue(actor=root, files=files, **more)

    return importing


def needs(slug: str) -> list[str]:
    return sorted(Service.objects.get(slug=slug).depends_on.values_list("slug", flat=True))


def test_components_resources_and_systems_become_services(take_in: Callable[..., Report]) -> None:
    report = take_in(SHOP)

    checkout = Service.objects.get(slug="checkout-web")
    assert (checkout.name, checkout.description) == ("Checkout", "Where carts become orders.")
    assert (checkout.lifecycle, checkout.technologies) == ("production", ["django", "postgresql"])
    assert checkout.paths == ["services/checkout/**"]
    assert checkout.is_described
    assert checkout.team == Team.objects.get(slug="cart-people", name="Cart people")
    assert sorted(report.added) == [
        "offering:checkout-api",
        "offering:prices-api",
        "service:checkout-web",
        "service:ledger",
        "service:orders-db",
        "service:price-cache",
        "service:prices",
        "service:shop",
        "team:cart-people",
    ]


def test_every_kind_of_relation_becomes_a_dependency(take_in: Callable[..., Report]) -> None:
    take_in(SHOP)

    assert needs("checkout-web") == [
        "ledger",
        "orders-db",
        "prices",
    ]  # dependsOn, and who provides what it consumes
    assert needs("prices") == ["price-cache"]  # a whole depends on its parts
    assert needs("ledger") == ["price-cache"]  # dependencyOf, seen from the other end
    assert needs("shop") == ["checkout-web"]


def test_an_api_becomes_an_offering_of_the_service_that_provides_it(take_in: Callable[..., Report]) -> None:
    take_in(SHOP)

    prices = Offering.objects.get(slug="prices-api")
    assert (prices.name, prices.service.slug, prices.description) == (
        "Prices",
        "prices",
        "What things cost today.",
    )
    assert [(part.kind, part.description) for part in prices.parts.all()] == [("access", "openapi interface")]


def test_what_was_left_out_is_said(take_in: Callable[..., Report]) -> None:
    assert take_in(SHOP).left_out == [
        "The owner of component:default/prices, user:default/ada, is left out: here services belong to teams.",
        "Left out of every entity: labels, other annotations. The catalogue has no place for them.",
    ]


def test_doing_it_again_changes_nothing(take_in: Callable[..., Report]) -> None:
    take_in(SHOP)
    entries, before = Entry.objects.count(), catalogue_data()

    report = take_in(SHOP)

    assert (report.added, report.changed, len(report.unchanged)) == ([], {}, 9)
    assert Entry.objects.count() == entries
    assert catalogue_data() == before


def test_a_dry_run_keeps_nothing(take_in: Callable[..., Report]) -> None:
    report = take_in(SHOP, dry_run=True)

    assert len(report.added) == 9
    assert not Service.objects.exists()


def test_what_people_added_here_stays(take_in: Callable[..., Report], root: Person) -> None:
    take_in(SHOP)
    prices = Service.objects.get(slug="prices")
    describe_service(
        actor=root, slug="prices", read=prices.version, name="Price list", critical=True, technologies=["redis"],
        depends_on=["ledger"], characteristics={"perishable": "Yesterday's price is worth nothing."},
    )  # fmt: skip

    report = take_in(SHOP)

    prices.refresh_from_db()
    assert report.changed == {"service:prices": ["depends_on"]}
    assert (prices.name, prices.is_critical, prices.technologies) == ("Price list", True, ["redis"])
    assert needs("prices") == ["ledger", "price-cache"]


def test_files_may_refer_to_each_other_and_to_what_is_here(take_in: Callable[..., Report]) -> None:
    a, b = ONE.format(name="a", spec="{dependsOn: [component:b]}"), ONE.format(name="b", spec="{}")

    assert take_in(a, b).left_out == []
    assert take_in(ONE.format(name="c", spec="{dependsOn: [component:a], dependencyOf: [component:b]}")).left_out == []
    assert (needs("a"), needs("b"), needs("c")) == (["b"], ["c"], ["a"])


def test_a_name_told_before_is_described_by_the_import(take_in: Callable[..., Report], ada: Person) -> None:
    (told,), _, _ = services_named(actor=ada, names=["Ledger"])

    take_in(SHOP)

    told.refresh_from_db()
    assert told.is_described


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("b", "b"),
        ("component:b", "b"),
        ("component:default/b", "b"),
        ("Component:Default/B", "b"),
        ("default/b", "b"),
        ("{kind: Component, namespace: default, name: b}", "b"),
        ("{name: b}", "b"),
        ("other/b", "other-b"),
        ("component:other/b", "other-b"),
    ],
)
def test_a_reference_may_be_written_in_every_form(take_in: Callable[..., Report], written: str, means: str) -> None:
    other = ONE.format(name="b, namespace: Other", spec="{}")

    report = take_in(ONE.format(name="a", spec=f"{{dependsOn: [{written}]}}"), ONE.format(name="b", spec="{}"), other)

    assert needs("a") == [means]
    assert report.left_out == []


def test_relations_as_backstage_answers_them_are_read_too(take_in: Callable[..., Report]) -> None:
    answered = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: a}
relations:
  - {type: dependsOn, targetRef: component:default/b}
  - {type: ownedBy, targetRef: group:default/crew}
  - {type: partOf, targetRef: domain:default/sea}
spec: {dependsOn: [component:b]}
"""
    report = take_in(answered, ONE.format(name="b", spec="{}"))

    assert needs("a") == ["b"]
    assert Service.objects.get(slug="a").team == Team.objects.get(slug="crew", name="crew")
    assert report.left_out == []


def test_a_part_of_the_same_name_as_its_system_is_one_service(take_in: Callable[..., Report]) -> None:
    system = ONE.format(name="a", spec="{}").replace("Component", "System")

    report = take_in(system, ONE.format(name="a", spec="{system: a}"), ONE.format(name="b", spec="{system: a}"))

    assert needs("a") == ["b"]
    assert report.left_out == [
        "system:default/a is left out: component:default/a has the same name here."
        " What refers to either refers to that service."
    ]


def test_every_document_that_becomes_nothing_is_named_with_its_reason(take_in: Callable[..., Report]) -> None:
    others = "\n---\n".join(
        ONE.format(name=name, spec="{}").replace("Component", kind)
        for kind, name in [
            ("User", "ada"), ("User", "bo"), ("Domain", "sea"), ("Location", "all"), ("Template", "new-service"),
            ("Group", "idle"), ("Wizard", "x"), ("API", "orphan"),
        ]
    )  # fmt: skip
    wrong = """
- a list
---
kind: Component
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: "two words"}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {title: nameless}
---
apiVersion: backstage.io/v1alpha1
kind: Component
---
apiVersion: backstage.io/v1alpha1
metadata: {name: kindless}
---
broken: [
"""
    mine = ONE.format(
        name="a",
        spec="{dependsOn: [component:gone, 'not a reference', component:a], consumesApis: [gone-api]}",
    )

    report = take_in(others, wrong, mine, mine, "")

    assert report.added == ["service:a"]
    assert sorted(report.left_out) == sorted(LEFT_OUT.strip().splitlines())


@pytest.mark.parametrize(
    "spec",
    [
        "[]",
        "text",
        "{owner: [1], dependsOn: {a: b}, consumesApis: 5, providesApis: [[]], system: {}, lifecycle: [x]}",
        "{owner: {name: [x]}, dependsOn: [null, true, {kind: []}], subcomponentOf: '::'}",
        "{lifecycle: " + "x" * 100 + "}",
    ],
)
def test_values_of_the_wrong_shape_never_stop_an_import(take_in: Callable[..., Report], spec: str) -> None:
    report = take_in(ONE.format(name="a", spec=spec), ONE.format(name="b", spec="{}"))

    assert "service:b" in report.added
    assert list(verify()) == []


def test_our_own_file_is_taken_in_beside_backstages(take_in: Callable[..., Report]) -> None:
    report = take_in("services:\n- {slug: quay, name: Quay, critical: true}\n", "services: quay\n")

    assert Service.objects.get(slug="quay").is_critical
    assert report.left_out == ["services is left out: it takes a list of entries, each with a slug and a name."]


def test_a_stranger_to_the_practice_imports_nothing(ada: Person) -> None:
    with pytest.raises(NotAllowed):
        import_catalogue(actor=ada, files=[("catalog-info.yaml", SHOP.encode())])
