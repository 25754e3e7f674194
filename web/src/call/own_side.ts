/** What this side sends and says of itself: microphone, camera, screen, and whether the page is in front. */
import type { DeviceStage } from "../devices/types";
import { trackOf } from "./devices_in_call";
import type { Mesh } from "./mesh";
import type { PeerState } from "./protocol";
import { phase, type Store } from "./state";

/** Until a connection has brought its picture. */
const PICTURE_MS = 400;
/** Devices come one by one after a reload; the others hear of them in one word. */
const TOGETHER_MS = 80;
/** So long the devices may take before the others hear that there are none, and a word refused waits for its turn. */
const LATER_MS = 1_000;

export class OwnSide {
  #told = "";
  #isFresh = false;
  #saying: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly stage: DeviceStage,
    private readonly store: Store,
    private readonly mesh: () => Mesh | null,
    private readonly say: (state: PeerState) => boolean,
  ) {
    stage.onChange(() => void this.sendTracks());
    store.watch((call, before) => {
      if (call.everConnected && !before.everConnected) this.#justConnected();
      this.tell();
    });
  }

  setMic(on: boolean): void {
    this.store.send({ type: "mic", on });
    void this.sendTracks();
  }

  setCamera(on: boolean): void {
    this.store.send({ type: "camera", on });
    void this.sendTracks();
  }

  /** What the devices give, less what is switched off; a camera that is off sends no packet at all. */
  async sendTracks(): Promise<void> {
    const { micOn, cameraOn } = this.store.call;
    const audio = trackOf(this.stage, "audio");
    const video = trackOf(this.stage, "video");
    if (audio) audio.enabled = micOn;
    if (video) video.enabled = cameraOn;
    this.tell();
    const mesh = this.mesh();
    await Promise.all([mesh?.send("audio", audio), mesh?.send("video", cameraOn ? video : null)]);
  }

  share(track: MediaStreamTrack | null): void {
    this.mesh()?.share(track);
    this.mesh()?.say({ t: "sharing", on: track !== null });
    this.store.send({ type: "sharing", on: track !== null });
  }

  /** Tells signaling what has changed, once. */
  tell(): void {
    clearTimeout(this.#saying);
    this.#saying = setTimeout(() => this.#sayNow(), this.stage.phase === "asking" ? LATER_MS : TOGETHER_MS);
  }

  #sayNow(): void {
    const { call } = this.store;
    if (!call.signaling) return;
    const state: PeerState = {
      muted: !call.micOn || !trackOf(this.stage, "audio"),
      camera: call.cameraOn && trackOf(this.stage, "video") !== null,
      hidden: call.hidden,
      connected: phase(call) === "connected" && !this.#isFresh,
    };
    const text = JSON.stringify(state);
    if (text !== this.#told && this.say(state)) this.#told = text;
  }

  /** A new socket, or one that refused the last word, knows nothing of us. */
  tellAgain(): void {
    this.#told = "";
    this.tell();
  }

  /** The others see by themselves that we are connected; boards hear of it when the picture is there. */
  #justConnected(): void {
    this.#isFresh = true;
    setTimeout(() => {
      this.#isFresh = false;
      this.tell();
    }, PICTURE_MS);
  }

  tellLater(): void {
    setTimeout(() => this.tellAgain(), LATER_MS);
  }
}
