"""What to ask before touching a service, fitted to the four characteristics of services."""

from dataclasses import dataclass

from failonce.catalogue.models import Service


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One of the four: what it means for any service, and what to ask because of it."""

    key: str
    name: str
    meaning: str
    questions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """A question to ask before a change, and the words about this service that it comes from."""

    text: str
    characteristic: str
    because: str


ALL = (
    Characteristic(
        "intangible",
        "Intangible",
        "Nobody can hold it, so nobody sees it break.",
        (
            "If this change broke it quietly, which signal would tell you before the first consumer does?",
            "What will you look at to know that it works for those outside, and not only that it runs?",
        ),
    ),
    Characteristic(
        "heterogeneous",
        "Heterogeneous",
        "It turns out differently each time: by who provides it, for whom, and when.",
        (
            "For which consumers, places or versions does it differ, and on which of them was this tried?",
            "Which step depends on who carries it out, and would somebody new carry it out in the same way?",
        ),
    ),
    Characteristic(
        "inseparable",
        "Inseparable",
        "It is made while it is used, together with those who use it.",
        (
            "Who will be using it while you change it, and what becomes of what they have half done?",
            "What do consumers or partners have to do on their side, and have they heard of it?",
        ),
    ),
    Characteristic(
        "perishable",
        "Perishable",
        "It can't be kept in store: an hour in which it isn't there is gone.",
        (
            "Which hours can't be made up for afterwards, and does this change keep clear of them?",
            "If demand doubles halfway through, what gives way first, and how quickly can you be back?",
        ),
    ),
)


def questions_before(service: Service) -> list[Question]:
    """Return what to ask before a change to this service, for the characteristics it has."""
    return [
        Question(question, each.name, service.characteristics[each.key])
        for each in ALL
        if each.key in service.characteristics
        for question in each.questions
    ]
