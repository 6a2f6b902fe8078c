"""Says in one sentence why a model folder cannot be used."""


class ModelNotUsable(Exception):
    """The folder holds no model that failonce can run; `message` is for a person to read."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
