"""What people read of a container that ended by itself."""

import pytest

from containers.agent.failures import end_of


@pytest.mark.parametrize(
    ("exit_code", "oom_killed", "error", "reason", "words"),
    [
        (0, False, "", "exit", "ended with exit code 0"),
        (3, False, "not found", "exit", "ended with exit code 3: not found"),
        (143, False, "", "exit", "ended by signal 15 (exit code 143)"),
        (137, True, "", "out-of-memory", "killed by the kernel: out of memory (exit code 137); raise memory_limit"),
        # Engines do not always notice that it was the memory: who reads this should look there, too.
        (
            137,
            False,
            "",
            "exit",
            (
                "killed (signal 9, exit code 137), by somebody else, a host that went down, or for want of memory: "
                "compare its memory with memory_limit"
            ),
        ),
    ],
)
def test_the_end_is_told_with_what_to_look_at(
    exit_code: int, oom_killed: bool, error: str, reason: str, words: str
) -> None:
    assert end_of(exit_code, oom_killed=oom_killed, error=error) == (reason, words)
