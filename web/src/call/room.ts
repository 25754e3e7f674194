/** What the patient's page and the clinician's workspace share: a call bound to the page's attributes. */
import { allowSound } from "../devices/sound";
import type { DeviceStage } from "../devices/types";
import { toast } from "./announce";
import { VisitCall } from "./call";
import { Chat } from "./chat";
import { Codes } from "./codes";
import { DevicesInCall, trackOf } from "./devices_in_call";
import { closeDialog, openDialog } from "./dialogs";
import { Drawing } from "./drawing";
import { guardBack, guardLeaving, isInCall, keepAwake, noticeBackground } from "./guards";
import { Measure } from "./measure";
import { all, say, type CallPage } from "./page";
import { ScreenShare } from "./share";
import type { Call } from "./state";
import { anotherWindowSpeaks, inCallBefore, stopSpeaking } from "./tab";
import { Tiles } from "./tiles";
import { show, showSelf } from "./view";
import { post, type OwnState } from "./web";
import { clock, nameOf } from "./words";

export type Actions = Record<string, (pressed: HTMLElement) => unknown>;

export class Room {
  readonly call: VisitCall;
  readonly tiles = new Tiles();
  readonly devices: DevicesInCall;
  readonly share: ScreenShare;
  onState: (state: OwnState) => void = () => undefined;
  #connectedAt = 0;

  constructor(readonly page: CallPage, readonly stage: DeviceStage) {
    const mesh = (): VisitCall["mesh"] => this.call.mesh;
    this.call = new VisitCall(page, stage, {
      media: (peer, media) => this.tiles.media(peer, media, this.call.store.call.people[peer]),
      prepared: (media) => this.tiles.prepare(media),
      opened: (peer) => codes.opened(peer),
      heard: (peer, message) => {
        if (message.t === "chat") this.#chatCame(chat, peer, message.text);
        else if (message.t === "road") measure.heardRoad(peer, message.poor);
        else codes.heard(peer, message);
      },
      ownState: (state) => this.onState(state),
      seatTaken: () => openDialog("move"),
    });
    const { store } = this.call;
    const chat = new Chat((text) => mesh()?.say({ t: "chat", text }) ?? 0);
    const codes = new Codes(page, store, mesh, () => this.call.place, () => this.#codeBroken());
    const measure = new Measure(store, mesh, page.urls, () => this.call.poll.roundTrip);
    this.devices = new DevicesInCall(stage, () => isInCall(store), toast);
    this.share = new ScreenShare((track) => this.call.own.share(track));
    this.#follow(measure);
    guardLeaving(store);
    guardBack(store, () => openDialog("leave"));
    keepAwake(store);
    noticeBackground(store);
  }

  #follow(measure: Measure): void {
    const { store } = this.call;
    const self = (): void => {
      showSelf(this.stage.stream, store.call.cameraOn, this.devices.facing);
      this.tiles.useSpeaker(this.stage.chosen.audiooutput ?? "");
    };
    this.stage.onChange(() => {
      if (this.stage.phase !== "idle") store.send({ type: "test-started" });
      self();
    });
    store.watch((call, before) => {
      if (call.cameraOn !== before.cameraOn) self();
      if (before.intent === "in" && (call.intent === "left" || call.over)) {
        this.share.stop();
        stopSpeaking();
        measure.flush();
      }
      if (call.everConnected && !before.everConnected) this.#connectedAt ||= Date.now();
    });
    setInterval(() => { if (this.#connectedAt) say("clock", clock(Date.now() - this.#connectedAt)); }, 1_000);
    const draw = (call: Call, before: Call | null): void => {
      show(call, before);
      if (call.people !== before?.people || call.names !== before.names) this.tiles.show(call);
    };
    const drawing = new Drawing(store, draw, (call) => this.tiles.isFaceAwaited(call));
    this.tiles.onPicture = () => drawing.now();
    self();
    for (const button of all('[data-action="share"]')) button.hidden = !ScreenShare.isPossible;
  }

  /** Goes in: with what the devices give, and silent when another window of this browser speaks already. */
  enter(how: { resumed: boolean; move: boolean }): void {
    this.call.join(how);
    void anotherWindowSpeaks().then((speaks) => {
      if (!speaks || !this.call.store.call.micOn) return;
      this.call.own.setMic(false);
      toast("You start muted: another window here is in the visit too.");
    });
  }

  /** After a reload in mid-call: straight back, with microphone and camera as they were. */
  resume(): boolean {
    const before = inCallBefore(this.page.visit);
    if (!before) return false;
    this.call.own.setMic(before.micOn);
    this.call.own.setCamera(before.cameraOn);
    this.enter({ resumed: true, move: false });
    void this.stage.turnOn();
    return true;
  }

  async moveHere(): Promise<void> {
    closeDialog("move");
    allowSound();
    this.enter({ resumed: false, move: true });
    await this.stage.turnOn();
  }

  async #toggle(kind: "audio" | "video"): Promise<void> {
    const { store } = this.call;
    const isOn = kind === "audio" ? store.call.micOn : store.call.cameraOn;
    const hasTrack = trackOf(this.stage, kind) !== null;
    const set = (on: boolean): void => (kind === "audio" ? this.call.own.setMic(on) : this.call.own.setCamera(on));
    // Pressed to be seen or heard without a device: ask for one now.
    if (!hasTrack && !(await this.devices.renew(kind))) return set(false);
    set(!isOn || !hasTrack);
  }

  #chatCame(chat: Chat, peer: string, text: string): void {
    const person = this.call.store.call.people[peer];
    if (!person) return;
    const name = nameOf(this.call.store.call, person);
    chat.came(name, text);
    this.call.store.send({ type: "chat-came", seen: chat.isOpen });
    if (!chat.isOpen) toast(`${name} wrote: ${text.slice(0, 80)}`);
  }

  #codeBroken(): void {
    toast("The safety code does not match. Say nothing private here.", 60_000);
    openDialog("code");
    if (this.page.side === "staff") this.#codeWas("mismatch");
  }

  #codeWas(outcome: "matched" | "skipped" | "mismatch"): void {
    closeDialog("code");
    const { safety_code: url } = this.page.urls;
    if (this.page.side === "staff" && url) void post(url, { outcome }).catch(() => toast("The result could not be kept."));
    if (outcome === "mismatch") toast("Say nothing private here. Please go on by phone.", 60_000);
  }

  /** What every button of a call does, by the name in `data-action`. */
  actions(): Actions {
    return {
      mute: () => this.#toggle("audio"),
      camera: () => this.#toggle("video"),
      flip: () => this.devices.flip(),
      share: () => (this.share.isOn ? this.share.stop() : this.share.start()),
      chat: () => {
        openDialog("chat");
        this.call.store.send({ type: "chat-seen" });
      },
      code: () => openDialog("code"),
      devices: () => openDialog("devices"),
      leave: () => { if (!openDialog("leave")) this.call.leave(); },
      "leave-now": () => {
        closeDialog("leave");
        this.call.leave();
      },
      "move-here": () => this.moveHere(),
      "tap-to-hear": () => this.tiles.hear(),
      "code-match": () => this.#codeWas("matched"),
      "code-mismatch": () => this.#codeWas("mismatch"),
      "code-skip": () => this.#codeWas("skipped"),
      "hide-self": (pressed) => this.#hideSelf(pressed),
      dismiss: (pressed) => pressed.closest("dialog")?.close(),
    };
  }

  #hideSelf(pressed: HTMLElement): void {
    const isHidden = pressed.getAttribute("aria-pressed") !== "true";
    pressed.setAttribute("aria-pressed", String(isHidden));
    for (const place of all("[data-self-view]")) place.toggleAttribute("data-hidden", isHidden);
  }
}

/** One listener for the whole page; a tap also lets the page make sounds later. No tap before it would be heard. */
export function bind(actions: Actions): void {
  document.addEventListener("click", (event) => {
    const pressed = (event.target as Element | null)?.closest<HTMLElement>("[data-action]");
    const act = pressed && actions[pressed.dataset.action ?? ""];
    if (!act) return;
    allowSound();
    void act(pressed);
  });
  for (const place of all("[data-until-ready]")) place.inert = false;
}
