"""The credit window of one client: how many bytes may be on their way to it, and when it has had its time. Pure.

The server under us has no backpressure: whatever we hand over is kept in memory until the client reads. So the
client says how many bytes it has received, and we hand over no more than a window beyond that.
"""

WINDOW_BYTES = 1024 * 1024
STALLED_AFTER_S = 10.0
"""A client that owes much, or holds us up, and acknowledges nothing for so long is dropped."""
SILENT_AFTER_S = 90.0
"""The same for one that owes little: a hidden browser tab has its timers slowed to one a minute."""


class Window:
    """Bytes sent and acknowledged on one socket. Times are monotonic seconds of this process."""

    def __init__(self, now_s: float, *, size_bytes: int = WINDOW_BYTES) -> None:
        self.size_bytes = size_bytes
        self.sent_bytes = 0
        self.acked_bytes = 0
        self.is_blocking = False
        self._progress_s = now_s

    @property
    def open_bytes(self) -> int:
        """Sent and not acknowledged."""
        return self.sent_bytes - self.acked_bytes

    def fits(self, frame_bytes: int) -> bool:
        """Whether a frame may go out now. One that is larger than the whole window goes alone."""
        fits = self.open_bytes == 0 or self.open_bytes + frame_bytes <= self.size_bytes
        self.is_blocking = not fits
        return fits

    def send(self, frame_bytes: int, now_s: float) -> None:
        if self.open_bytes == 0:
            self._progress_s = now_s
        self.sent_bytes += frame_bytes

    def ack(self, received_bytes: int, now_s: float) -> bool:
        """The client has received so many bytes in all. False when that cannot be."""
        if received_bytes > self.sent_bytes or received_bytes < 0:
            return False
        if received_bytes > self.acked_bytes:
            self.acked_bytes = received_bytes
            self._progress_s = now_s
        return True

    def is_stalled(self, now_s: float) -> bool:
        """Whether the client has kept us waiting for too long."""
        if self.open_bytes == 0:
            return False
        owes_much = self.is_blocking or self.open_bytes >= self.size_bytes // 4
        return now_s - self._progress_s > (STALLED_AFTER_S if owes_much else SILENT_AFTER_S)
