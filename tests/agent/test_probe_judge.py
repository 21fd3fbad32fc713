"""The judge of probes as tables: one container by its own answers, and a host of which most falls silent at once."""

from uuid import UUID

import pytest

from containers.agent.probe_judge import DARK_WORDS, Answer, Heard, Judge
from containers.spec import HealthCheck, TcpProbe

ONE = UUID(int=1)
ANSWERS = {"+": Heard(Answer.GOOD), "x": Heard(Answer.WRONG, "it answered 500"), "-": Heard(Answer.SILENCE, "refused")}


def check(*, interval_s: int = 10, retries: int = 3, start_period_s: int = 0) -> HealthCheck:
    return HealthCheck(interval_s=interval_s, retries=retries, start_period_s=start_period_s, tcp=TcpProbe(80))


def judge_of(count: int, *, health: str = "healthy", asked: HealthCheck | None = None) -> Judge:
    """Containers 1 to `count`, started long ago."""
    judge = Judge()
    for number in range(1, count + 1):
        judge.begin(UUID(int=number), asked or check(), health=health, started_s=-1000.0)
    return judge


def round_of(judge: Judge, answers: str, at_s: float) -> list[str]:
    """One answer of each container, a tenth of a second apart; '.': it is not asked. The health that follows."""
    return [
        str(judge.hear(UUID(int=number), ANSWERS[answer], at_s + number / 10).health)
        for number, answer in enumerate(answers, start=1)
        if answer != "."
    ]


@pytest.mark.parametrize(
    ("health", "answers", "expected"),
    [
        ("starting", "+", "healthy"),
        ("none", "+", "healthy"),
        ("starting", "--", "starting"),
        ("starting", "-x-", "unhealthy"),
        ("healthy", "--", "healthy"),
        ("healthy", "---", "unhealthy"),
        ("healthy", "xxx", "unhealthy"),
        ("healthy", "--+--", "healthy"),
        ("healthy", "--+---", "unhealthy"),
        ("unhealthy", "-", "unhealthy"),
        ("unhealthy", "+", "healthy"),
        ("unknown", "+", "healthy"),
        ("unknown", "--", "unknown"),
        ("unknown", "---", "unhealthy"),
    ],
)
def test_one_container_by_its_own_answers(health: str, answers: str, expected: str) -> None:
    judge = judge_of(1, health=health)
    assert [judge.hear(ONE, ANSWERS[a], 10.0 * i).health for i, a in enumerate(answers)][-1] == expected


@pytest.mark.parametrize(
    ("health", "start_period_s", "failures_at_s", "expected"),
    [
        ("starting", 30, [0, 1, 2, 3, 29], "starting"),
        ("starting", 30, [29, 30, 40], "starting"),
        ("starting", 30, [30, 40, 50], "unhealthy"),
        ("starting", 0, [0, 1, 2, 3, 9], "starting"),  # the first interval is for coming up, as with the engine's own
        ("starting", 0, [9, 10, 20], "starting"),
        ("starting", 0, [10, 20, 30], "unhealthy"),
        ("healthy", 30, [5, 15, 25], "unhealthy"),  # the first good answer ended the beginning
        ("healthy", 0, [1, 2, 3], "unhealthy"),
    ],
)
def test_failures_of_the_beginning_do_not_count(
    health: str, start_period_s: int, failures_at_s: list[int], expected: str
) -> None:
    judge = Judge()
    judge.begin(ONE, check(start_period_s=start_period_s), health=health, started_s=0.0)
    assert [judge.hear(ONE, ANSWERS["x"], float(at_s)).health for at_s in failures_at_s][-1] == expected


def test_it_is_asked_each_second_until_it_first_answers_well() -> None:
    judge = Judge()
    judge.begin(ONE, check(start_period_s=30), health="starting", started_s=0.0)
    judge.hear(ONE, ANSWERS["-"], 5.0)
    assert (judge.pause_s(ONE, 5.0), judge.pause_s(ONE, 31.0)) == (1.0, 10.0)
    judge.hear(ONE, ANSWERS["+"], 6.0)
    assert judge.pause_s(ONE, 6.0) == 10.0


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ("----", ["unknown"] * 4),
        ("---+", ["unknown"] * 3 + ["healthy"]),  # three of four
        ("--++", ["unhealthy"] * 2 + ["healthy"] * 2),  # two are few, and not more than half
        ("---+++", ["unhealthy"] * 3 + ["healthy"] * 3),  # half is not most
        ("--", ["unhealthy"] * 2),  # of two there is no most
        ("---x", ["unknown"] * 3 + ["unhealthy"]),  # a wrong answer is one: the way to it works
        ("xxxx", ["unhealthy"] * 4),
    ],
)
def test_most_of_a_host_at_once(answers: str, expected: list[str]) -> None:
    judge = judge_of(len(answers))
    round_of(judge, "+" * len(answers), 0.0)
    for at_s in (10.0, 20.0):
        round_of(judge, answers, at_s)
    assert round_of(judge, answers, 30.0) == expected


def test_the_message_says_what_was_heard_and_why_it_is_not_believed() -> None:
    judge = judge_of(3, asked=check(retries=1))
    verdicts = [judge.hear(UUID(int=n), ANSWERS["-"], float(n)) for n in (1, 2, 3)]
    assert (verdicts[0].health, verdicts[0].message) == ("unhealthy", "refused")
    assert (verdicts[2].health, verdicts[2].message) == ("unknown", f"{DARK_WORDS}. refused")
    assert round_of(judge, "--.", 11.0) == ["unknown", "unknown"]  # they fell silent together, as it turned out


def test_those_that_fail_one_after_another_are_unhealthy() -> None:
    """Three of four, but each a minute after the one before."""
    judge = judge_of(4)
    for minute, answers in enumerate(["-+++", "--++", "---+"]):
        for turn in range(6):
            found = round_of(judge, answers, 60.0 * minute + 10.0 * turn)
    assert found == ["unhealthy"] * 3 + ["healthy"]


def test_after_the_dark_each_is_judged_by_itself_again() -> None:
    judge = judge_of(5)
    for at_s in (10.0, 20.0, 30.0):
        dark = round_of(judge, "-----", at_s)
    assert dark == ["unknown"] * 5
    assert round_of(judge, "++++-", 40.0) == ["healthy"] * 4 + ["unknown"]  # its failures count anew from here
    assert round_of(judge, "++++-", 50.0)[4] == "unknown"
    assert round_of(judge, "++++-", 60.0)[4] == "unhealthy"


def test_a_new_one_that_never_answers_in_the_dark_is_unknown() -> None:
    judge = judge_of(3)
    for at_s in (10.0, 20.0, 30.0):
        round_of(judge, "---", at_s)
    judge.begin(UUID(int=4), check(), health="starting", started_s=31.0)
    heard = [judge.hear(UUID(int=4), ANSWERS["-"], at_s).health for at_s in (32.0, 45.0, 55.0, 65.0)]
    assert heard == ["starting", "starting", "starting", "unknown"]


def test_one_that_was_unhealthy_before_stays_so_in_the_dark() -> None:
    judge = judge_of(4)
    for at_s in (10.0, 20.0, 30.0):
        round_of(judge, "-+++", at_s)
    for at_s in (100.0, 110.0, 120.0):
        dark = round_of(judge, "----", at_s)
    assert dark == ["unhealthy", "unknown", "unknown", "unknown"]


def test_silence_says_nothing_while_nothing_is_heard_of_the_engine() -> None:
    judge = judge_of(2)
    judge.engine(answers=False)
    for at_s in (10.0, 20.0, 30.0):
        found = round_of(judge, "-x", at_s)
    assert found == ["unknown", "unhealthy"]
    judge.engine(answers=True)
    assert [round_of(judge, "-", at_s) for at_s in (40.0, 50.0, 60.0)] == [["unknown"], ["unknown"], ["unhealthy"]]


def test_those_that_are_stopped_meanwhile_do_not_make_it_dark() -> None:
    judge = judge_of(4)
    round_of(judge, "---+", 10.0)
    for number in (1, 2):
        judge.forget(UUID(int=number))
    for at_s in (20.0, 30.0, 40.0):
        found = round_of(judge, "..-+", at_s)
    assert found == ["unhealthy", "healthy"]
