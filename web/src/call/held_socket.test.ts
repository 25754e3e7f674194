import { beforeEach, expect, it, vi } from "vitest";
import { HeldSocket } from "./held_socket";

const URL = "wss://node.example/live?room=r1";

/** As a browser's, opened and spoken to by hand. */
class Wire {
  static readonly OPEN = 1;
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  close = vi.fn();
  constructor(readonly url: string) { wires.push(this); }
  open(): void {
    this.readyState = 1;
    this.onopen?.();
  }
  say(data: string): void { this.onmessage?.({ data }); }
}

let wires: Wire[] = [];
let heard: string[] = [];

beforeEach(() => {
  wires = [];
  heard = [];
  vi.stubGlobal("WebSocket", Wire);
});

function speak(socket: WebSocket | null): void {
  if (!socket) throw new Error("none was handed over");
  socket.onopen = () => heard.push("open");
  socket.onmessage = ({ data }: MessageEvent<string>) => heard.push(data);
}

it("tells its speaker what has happened before, in order and once", async () => {
  const held = new HeldSocket(URL);
  wires[0]?.open();
  wires[0]?.say("0{}");
  wires[0]?.say("2");
  speak(held.handOver(URL));
  await Promise.resolve();
  wires[0]?.say("2");
  expect(heard).toEqual(["open", "0{}", "2", "2"]);
});

it("is handed over before it is open, too", async () => {
  speak(new HeldSocket(URL).handOver(URL));
  await Promise.resolve();
  wires[0]?.open();
  expect(heard).toEqual(["open"]);
});

it.each([
  ["leads elsewhere", `${URL}2`, 1],
  ["was closed meanwhile", URL, 3],
])("is closed and not used where it %s", (_why, wanted, state) => {
  const held = new HeldSocket(URL);
  wires[0]!.readyState = state;
  expect(held.handOver(wanted)).toBeNull();
  expect(wires[0]?.close).toHaveBeenCalled();
});
