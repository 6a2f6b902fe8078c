"""The nearest of our kinds for what other tools call a kind."""

from failonce.failures.models import Kind
from failonce.intake.fields import key_of

# Words in other tools' kinds, the more telling first: "failed deployment experiment" is an experiment.
_WORDS = (
    (Kind.NEAR_MISS, ("near_miss", "near_hit", "close_call", "good_catch")),
    (Kind.FAILED_EXPERIMENT, ("experiment", "chaos", "game_day", "gameday")),
    (Kind.FAILED_DEPLOYMENT, ("deploy", "rollout", "rollback", "release", "migration")),
    (Kind.MISTAKE, ("mistake", "human_error", "slip", "operator_error")),
    (Kind.PROCESS_FAILURE, ("process", "procedure", "handover", "audit")),
)


def kind_of(said: str) -> tuple[str, str]:
    """Return one of our kinds, and a sentence where that is a reading rather than what was said."""
    key = key_of(said)
    if not key or key in Kind.values:
        return key or Kind.INCIDENT.value, ""
    kind = next((kind for kind, words in _WORDS if any(word in key for word in words)), Kind.INCIDENT)
    return kind.value, f"The kind {said[:40]!r} is read as {kind.label.lower()}."
