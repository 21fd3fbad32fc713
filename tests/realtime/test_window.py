"""The credit window: never more on the way than a window, and who owes for too long is known."""

from hypothesis import given
from hypothesis import strategies as st

from orchestra.realtime.window import SILENT_AFTER_S, STALLED_AFTER_S, Window


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 400))))
def test_no_more_than_a_window_is_open(steps: list[tuple[bool, int]]) -> None:
    window = Window(0.0, size_bytes=1000)
    for is_ack, size in steps:
        if is_ack:
            window.ack(min(window.acked_bytes + size, window.sent_bytes), 0.0)
        elif window.fits(size):
            window.send(size, 0.0)
        assert 0 <= window.open_bytes <= 1000


def test_a_frame_larger_than_the_window_goes_alone() -> None:
    window = Window(0.0, size_bytes=100)
    assert window.fits(500)
    window.send(500, 0.0)
    assert not window.fits(1)
    assert window.ack(500, 0.0)
    assert window.fits(1)


def test_more_than_was_sent_cannot_be_acknowledged() -> None:
    window = Window(0.0)
    window.send(10, 0.0)
    assert not window.ack(11, 0.0)
    assert not window.ack(-1, 0.0)
    assert window.ack(10, 0.0)
    assert window.ack(5, 0.0), "an old acknowledgement that came late is no fault"
    assert window.acked_bytes == 10


def test_who_owes_much_is_dropped_soon_and_who_owes_little_late() -> None:
    much, little, nothing = Window(0.0, size_bytes=1000), Window(0.0, size_bytes=1000), Window(0.0, size_bytes=1000)
    much.send(250, 0.0)
    little.send(100, 0.0)
    assert not much.is_stalled(STALLED_AFTER_S)
    assert much.is_stalled(STALLED_AFTER_S + 0.1)
    assert not little.is_stalled(SILENT_AFTER_S)
    assert little.is_stalled(SILENT_AFTER_S + 0.1)
    assert not nothing.is_stalled(1e9)


def test_who_holds_us_up_is_dropped_soon_however_little_is_owed() -> None:
    window = Window(0.0, size_bytes=1000)
    window.send(100, 0.0)
    assert not window.fits(950)
    assert window.is_stalled(STALLED_AFTER_S + 0.1)
    window.ack(50, 5.0)
    assert not window.is_stalled(STALLED_AFTER_S + 0.1), "progress counts"
