"""Why `up` does not start, and the way out: the one kind of error that it shows as plain words."""


class Refusal(Exception):
    """`problem` says what is missing, `way_out` what the person can do about it."""

    def __init__(self, problem: str, *, way_out: str) -> None:
        super().__init__(f"{problem}\n  Way out: {way_out}")
        self.problem = problem
        self.way_out = way_out
