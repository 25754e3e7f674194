/** A real WebRTC call to the media process that only talks back: five seconds of counting, then it is hung up (T-24). */
import { post } from "../call/web";
import type { Leg, Numbers } from "./grade";
import { LOST, numbersBetween, snapshot, type Snapshot } from "./counting";

interface EchoTicket {
  ticket: string;
  url: string;
  ice_servers?: RTCIceServer[];
  turn?: { ice_servers: RTCIceServer[] } | null;
}

export interface Heard {
  direct: Leg;
  relay: Leg;
  numbers: Numbers | null;
}

const CONNECT_MS = 6_000;
const COUNT_MS = 5_000;
const RELAY_COUNT_MS = 1_500;
const GATHER_MS = 1_000;
const PING_MS = 100;

/** The direct road, then the TURN road if there is one. A ticket is used once, so each road asks for its own. */
export async function tryEcho(ticketUrl: string, stream: MediaStream | null, signal: AbortSignal): Promise<Heard> {
  const first = await post<EchoTicket>(ticketUrl);
  const direct = await road(first, first.ice_servers ?? [], false, stream, COUNT_MS, signal);
  if (!first.turn || signal.aborted) return { direct: direct.leg, relay: "untried", numbers: direct.numbers };
  const second = await post<EchoTicket>(ticketUrl);
  const relay = await road(second, second.turn?.ice_servers ?? [], true, stream, RELAY_COUNT_MS, signal);
  return { direct: direct.leg, relay: relay.leg, numbers: direct.numbers ?? relay.numbers };
}

interface Road {
  leg: Leg;
  numbers: Numbers | null;
}

async function road(
  ticket: EchoTicket, iceServers: RTCIceServer[], relayOnly: boolean, stream: MediaStream | null, ms: number, signal: AbortSignal,
): Promise<Road> {
  if (signal.aborted) return { leg: "untried", numbers: null };
  const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: relayOnly ? "relay" : "all" });
  let session: string | null = null;
  const close = (): void => pc.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    const pings = ping(pc);
    send(pc, stream);
    await pc.setLocalDescription();
    await gathered(pc);
    if (relayOnly && !/ typ relay/.test(pc.localDescription?.sdp ?? "")) return { leg: "failed", numbers: null };
    const answer = await ask(ticket, pc.localDescription?.sdp ?? "", signal);
    if (!answer) return { leg: "untried", numbers: null };
    session = answer.session;
    await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    if (!(await connected(pc, signal))) return { leg: signal.aborted ? "untried" : "failed", numbers: null };
    await pause(500, signal); // the first packets tell of the start, not of the road
    const before = await snapshot(pc);
    pings.start();
    await pause(ms, signal);
    const after: Snapshot = signal.aborted ? LOST : await snapshot(pc);
    const busy = await hangUp(session, ticket.ticket);
    session = null;
    const rtt = busy ? null : pings.median();
    return { leg: "ok", numbers: { ...numbersBetween(before, after), rtt } };
  } catch {
    return { leg: signal.aborted ? "untried" : "failed", numbers: null };
  } finally {
    signal.removeEventListener("abort", close);
    close();
    if (session) void hangUp(session, ticket.ticket);
  }
}

/** Small video is enough: the test cannot measure line speed and does not pretend to. */
function send(pc: RTCPeerConnection, stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) {
    const height = track.getSettings().height ?? 720;
    const small = { scaleResolutionDownBy: Math.max(1, height / 180), maxFramerate: 15, maxBitrate: 300_000 };
    pc.addTransceiver(track, { direction: "sendrecv", ...(track.kind === "video" ? { sendEncodings: [small] } : {}) });
  }
}

/** A time on an unreliable channel every 100 ms: fifty round trips where getStats gives five. */
function ping(pc: RTCPeerConnection): { start(): void; median(): number | null } {
  const channel = pc.createDataChannel("echo", { ordered: false, maxRetransmits: 0 });
  const trips: number[] = [];
  channel.onmessage = (event) => trips.push(performance.now() - Number(event.data));
  return {
    start() {
      const timer = setInterval(() => {
        if (channel.readyState === "open") channel.send(String(performance.now()));
        else if (channel.readyState !== "connecting") clearInterval(timer);
      }, PING_MS);
    },
    median: () => (trips.length < 5 ? null : (trips.sort((a, b) => a - b)[Math.floor(trips.length / 2)] ?? null)),
  };
}

/**
 * One POST with all candidates in it. A full house is asked once more; no answer at all is nobody's fault here.
 * A question on its way is not broken off: whoever does not hear where the echo is cannot hang up.
 */
async function ask(ticket: EchoTicket, sdp: string, signal: AbortSignal): Promise<{ sdp: string; session: string } | null> {
  for (let attempt = 0; attempt < 2 && !signal.aborted; attempt++) {
    const headers = { "Content-Type": "application/sdp", Authorization: `Bearer ${ticket.ticket}` };
    const answer = await fetch(`${ticket.url}/echo`, { method: "POST", headers, body: sdp }).catch(() => null);
    if (!answer) return null;
    if (answer.status === 201) {
      return { sdp: await answer.text(), session: new URL(answer.headers.get("Location") ?? "", answer.url).href };
    }
    if (answer.status !== 503) return null;
    await pause(Math.min(20, Number(answer.headers.get("Retry-After")) || 5) * 1000, signal);
  }
  return null;
}

/** Hangs up; true if the server was so busy that the round trip measured it and not the road. */
async function hangUp(session: string, ticket: string): Promise<boolean> {
  const headers = { Authorization: `Bearer ${ticket}` };
  const answer = await fetch(session, { method: "DELETE", headers, keepalive: true }).catch(() => null);
  const lag = /lag;dur=([\d.]+)/.exec(answer?.headers.get("Server-Timing") ?? "")?.[1];
  return Number(lag ?? 0) > 100;
}

function gathered(pc: RTCPeerConnection): Promise<void> {
  return new Promise((done) => {
    if (pc.iceGatheringState === "complete") return done();
    setTimeout(done, GATHER_MS);
    pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done());
  });
}

function connected(pc: RTCPeerConnection, signal: AbortSignal): Promise<boolean> {
  return new Promise((done) => {
    const look = (): void => {
      if (pc.connectionState === "connected") done(true);
      if (pc.connectionState === "failed" || pc.connectionState === "closed") done(false);
    };
    pc.addEventListener("connectionstatechange", look);
    setTimeout(() => done(pc.connectionState === "connected"), CONNECT_MS);
    signal.addEventListener("abort", () => done(false), { once: true }); // closing it ourselves fires nothing
    look();
  });
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    setTimeout(done, ms);
    signal.addEventListener("abort", () => done(), { once: true });
  });
}
