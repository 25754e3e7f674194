"""The echo call as a real browser makes it: a bundled offer, CORS, getStats (T-24)."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from playwright.async_api import async_playwright

from dev import engines
from tests.integration.media.echo_server import a_ticket, echo_server

CALL = """async ({ url, ticket, camera }) => {
  const pc = new RTCPeerConnection({ iceServers: [], bundlePolicy: "max-bundle" });
  const channel = pc.createDataChannel("echo", { ordered: false, maxRetransmits: 0 });
  const heard = new Promise((done) => { channel.onmessage = (e) => done(e.data); });
  channel.onopen = () => channel.send("17");
  if (camera) {
    const video = { width: 640, height: 360, frameRate: 15 };
    const stream = await navigator.mediaDevices.getUserMedia({ audio: true, video });
    for (const track of stream.getTracks()) pc.addTrack(track, stream);
  }
  await pc.setLocalDescription();
  await new Promise((done) => {
    if (pc.iceGatheringState === "complete") return done();
    setTimeout(done, 1000);
  });
  const headers = { "Content-Type": "application/sdp", Authorization: `Bearer ${ticket}` };
  const body = pc.localDescription.sdp;
  const answer = await fetch(`${url}/echo`, { method: "POST", headers, body });
  if (answer.status !== 201) return { status: answer.status };
  await pc.setRemoteDescription({ type: "answer", sdp: await answer.text() });
  const said = await heard;
  let frames = 0, sounds = 0;
  const until = performance.now() + 8000;
  while (camera && (frames < 15 || sounds < 25) && performance.now() < until) {
    await new Promise((done) => setTimeout(done, 50));
    for (const stat of (await pc.getStats()).values()) {
      if (stat.type !== "inbound-rtp") continue;
      if (stat.kind === "video") frames = stat.framesDecoded ?? 0;
      if (stat.kind === "audio") sounds = stat.packetsReceived ?? 0;
    }
  }
  const place = new URL(answer.headers.get("Location"), answer.url).href;
  const ended = await fetch(place, { method: "DELETE" });
  pc.close();
  return {
    status: answer.status, said, frames, sounds, ended: ended.status,
    timing: ended.headers.get("Server-Timing") ?? "",
  };
}"""


@asynccontextmanager
async def a_page():
    """The origin of an empty page; a real one, for Chromium asks where a page came from."""

    async def empty(_: web.Request) -> web.Response:
        return web.Response(text="<p>page</p>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/", empty)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://localhost:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def in_chromium(*, camera: bool, demo: bool):
    """What a page of ours saw of the echo; the fake camera shows a moving pattern."""
    async with (
        a_page() as origin,
        echo_server(origins=[origin], demo=demo, allow_private_candidates=demo) as echo,
    ):
        return await _call_from(origin, str(echo._base_url).rstrip("/"), camera=camera)


async def _call_from(origin: str, url: str, *, camera: bool):
    program = engines.chromium()
    if program is None:
        pytest.skip("NOT PROVEN: chromium (none here, and none could be installed)")
    async with async_playwright() as play:
        browser = await play.chromium.launch(
            executable_path=program,
            args=[
                "--no-sandbox",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                "--disable-background-networking",
            ],
        )
        try:
            page = await browser.new_page()
            await page.goto(origin)
            asked = {"url": url, "ticket": a_ticket(), "camera": camera}
            async with asyncio.timeout(30):
                return await page.evaluate(CALL, asked)
        finally:
            await browser.close()


@pytest.mark.parametrize("demo", [True, False])
def test_picture_and_sound_come_back(demo):
    seen = asyncio.run(in_chromium(camera=True, demo=demo))
    assert (seen["status"], seen["said"], seen["ended"]) == (201, "17", 204)
    assert seen["frames"] >= 15
    assert seen["sounds"] >= 25
    assert "lag;dur=" in seen["timing"]


def test_without_a_camera_the_round_trip_is_still_measured():
    seen = asyncio.run(in_chromium(camera=False, demo=True))
    assert (seen["status"], seen["said"], seen["ended"]) == (201, "17", 204)
