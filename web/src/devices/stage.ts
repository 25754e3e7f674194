/** Camera and microphone from the first tap to the end of the visit: asked for once, kept in one stream (ASKS 13–19). */
import { takeBegun } from "../call/begun";
import { causeOf, troubleOf, type Cause } from "./cause";
import { platformOf, type Platform } from "./platform";
import type { DeviceKind, DeviceStage, DeviceTrouble, TrackKind } from "./types";
import { INPUT, KINDS, wish } from "./wish";

/** Allowed already and still no answer: some other app holds the device, and this browser waits for ever (ASKS 16). */
const HANGS_MS = 8_000;

const HANGING = new DOMException("No answer from the device", "NotReadableError");

export class Stage implements DeviceStage {
  readonly platform: Platform = platformOf(navigator.userAgent, navigator.maxTouchPoints);
  readonly causes: Partial<Record<TrackKind, Cause>> = {};
  stream: MediaStream | null = null;
  phase: DeviceStage["phase"] = "idle";
  trouble: Partial<Record<TrackKind, DeviceTrouble>> = {};
  chosen: Partial<Record<DeviceKind, string>> = {};
  /** Set by the page: how a test under way is broken off. */
  onEndTest: () => void = () => undefined;
  #listeners = new Set<() => void>();
  #asking: Promise<void> | null = null;
  #stopped = false;
  #isTesting = false;

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  turnOn(): Promise<void> {
    this.#stopped = false;
    this.#isTesting = true;
    return (this.#asking ??= this.#ask().finally(() => (this.#asking = null)));
  }

  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    this.chosen[kind] = deviceId;
    if (kind === "audiooutput") return this.#tell();
    const track: TrackKind = kind === "audioinput" ? "audio" : "video";
    this.#drop(track); // a phone cannot open two cameras at once
    // Browsers may overlook an `ideal` device: insist on the one chosen by hand, and take any if it is gone (ASKS 19).
    await this.#take([track], "exact");
    if (!this.#alive(track)) await this.#take([track]);
    this.#tell();
  }

  put(track: MediaStreamTrack): void {
    const kind = track.kind as TrackKind;
    this.stream ??= new MediaStream();
    if (!this.stream.getTracks().includes(track)) {
      this.#drop(kind);
      this.stream.addTrack(track);
    }
    track.addEventListener("ended", () => void this.#lost(track));
    const deviceId = track.getSettings().deviceId;
    if (deviceId) this.chosen[INPUT[kind]] = deviceId;
    delete this.trouble[kind];
    delete this.causes[kind];
    this.#tell();
  }

  endTest(): void {
    this.#isTesting = false;
    this.onEndTest();
  }

  stop(): void {
    this.#stopped = true;
    this.endTest();
    for (const kind of KINDS) this.#drop(kind);
    this.phase = "idle";
    this.#tell();
  }

  async #ask(): Promise<void> {
    this.phase = "asking";
    this.#tell();
    const missing = KINDS.filter((kind) => !this.#alive(kind));
    await this.#take(missing);
    // One of the two may be fine alone; but a question that was just closed is not asked again and again.
    const closed = missing.every((kind) => this.causes[kind] === "dismissed");
    if (missing.length === 2 && this.trouble.audio && !closed) {
      await this.#take(["audio"]);
      await this.#take(["video"]);
    }
    this.phase = KINDS.some((kind) => this.#alive(kind)) ? "on" : "refused";
    this.#tell();
  }

  /**
   * Asks for these kinds together and puts what comes into the stream; never rejects.
   * `exact` never for both: a headset that is gone must not take the visit with it.
   */
  async #take(kinds: TrackKind[], how: "ideal" | "exact" = "ideal"): Promise<void> {
    if (kinds.length === 0) return;
    const began = performance.now();
    const asked = this.#permission(kinds);
    try {
      const begun = kinds.length === KINDS.length ? takeBegun("media") : undefined;
      const got = await inTime(begun ?? navigator.mediaDevices.getUserMedia(wish(kinds, this.chosen, how)), asked);
      if (this.#stopped) return got.getTracks().forEach((track) => track.stop());
      got.getTracks().forEach((track) => this.put(track));
    } catch (error) {
      const { name, message } = error as DOMException;
      const missing = navigator.mediaDevices === undefined;
      const permission = await asked;
      const refusal = { name: missing ? "" : name, message, permission, tookMs: performance.now() - began, secure: isSecureContext };
      const cause = causeOf(refusal, this.platform);
      for (const kind of kinds) {
        this.causes[kind] = cause;
        this.trouble[kind] = troubleOf(cause);
      }
    }
  }

  async #permission(kinds: TrackKind[]): Promise<PermissionState | null> {
    try {
      const names = kinds.map((kind) => (kind === "audio" ? "microphone" : "camera"));
      const all = await Promise.all(names.map((name) => navigator.permissions.query({ name: name as PermissionName })));
      const states = all.map(({ state }) => state);
      return states.find((state) => state !== "granted") ?? "granted";
    } catch {
      return null;
    }
  }

  /** A cable came out during the test: another device, if there is one (ASKS 18). In the call, the call sees to it. */
  async #lost(track: MediaStreamTrack): Promise<void> {
    const kind = track.kind as TrackKind;
    if (!this.#isTesting || !this.stream?.getTracks().includes(track)) return;
    this.stream.removeTrack(track);
    delete this.chosen[INPUT[kind]];
    await this.#take([kind]);
    this.#tell();
  }

  #alive(kind: TrackKind): boolean {
    return this.stream?.getTracks().some((track) => track.kind === kind && track.readyState === "live") ?? false;
  }

  #drop(kind: TrackKind): void {
    for (const track of this.stream?.getTracks().filter((each) => each.kind === kind) ?? []) {
      this.stream?.removeTrack(track);
      track.stop();
    }
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** What was allowed must come; what comes after that is let go of again. */
function inTime(media: Promise<MediaStream>, permission: Promise<PermissionState | null>): Promise<MediaStream> {
  let isLate = false;
  const hangs = permission.then((state) => new Promise<never>((_, reject) => {
    if (state === "granted") setTimeout(() => ((isLate = true), reject(HANGING)), HANGS_MS);
  }));
  media.then((got) => { if (isLate) got.getTracks().forEach((track) => track.stop()); }, () => undefined);
  return Promise.race([media, hangs]);
}
