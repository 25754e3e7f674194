"""Give back what was sent, small, and without ever piling it up."""

import asyncio
from collections import deque

from aiortc import MediaStreamTrack, RTCDataChannel
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

LONGEST_SIDE = 320
LARGEST_PICTURE = 1920 * 1088
WAITING_FRAMES = {"audio": 25, "video": 4}
LARGEST_MESSAGE = 1024
CHANNEL_BACKLOG = 64 * 1024

Frame = AudioFrame | VideoFrame


class Echo(MediaStreamTrack):
    """The sender's own track again; what is not fetched in time is lost, not kept."""

    def __init__(self, source: MediaStreamTrack) -> None:
        super().__init__()
        self.kind = source.kind
        self._source = source
        # The library's own queue has no bound (SIGNALING.md §6): always read it, keep a few.
        self._frames: deque[Frame] = deque(maxlen=WAITING_FRAMES[source.kind])
        self._arrived = asyncio.Event()
        self._pump = asyncio.create_task(self._read())

    async def recv(self) -> Frame:
        while not self._frames:
            if self.readyState != "live":
                raise MediaStreamError
            self._arrived.clear()
            await self._arrived.wait()
        return self._frames.popleft()

    def stop(self) -> None:
        super().stop()
        self._pump.cancel()
        self._arrived.set()

    async def _read(self) -> None:
        try:
            while True:
                frame = await self._source.recv()
                if isinstance(frame, VideoFrame):
                    frame = shrink(frame)
                if isinstance(frame, AudioFrame | VideoFrame):
                    self._frames.append(frame)
                    self._arrived.set()
        except MediaStreamError:
            self.stop()


def shrink(frame: VideoFrame) -> VideoFrame:
    """The same picture at the size an echo needs; encoding is what costs."""
    if frame.width * frame.height > LARGEST_PICTURE:
        raise MediaStreamError
    longest = max(frame.width, frame.height)
    if longest <= LONGEST_SIDE:
        return frame
    small = frame.reformat(
        width=max(2, frame.width * LONGEST_SIDE // longest // 2 * 2),
        height=max(2, frame.height * LONGEST_SIDE // longest // 2 * 2),
    )
    small.pts, small.time_base = frame.pts, frame.time_base
    return small


def answer_messages(channel: RTCDataChannel) -> None:
    """Return each small message at once: the browser measures the round trip with it."""

    @channel.on("message")
    def _give_back(message: str | bytes) -> None:
        if len(message) <= LARGEST_MESSAGE and channel.bufferedAmount < CHANNEL_BACKLOG:
            channel.send(message)
