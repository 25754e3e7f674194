/** Keeps microphone and camera alive in the call: unplugged, taken by a phone call, turned around, busy. */
import type { DeviceStage, TrackKind } from "../devices/types";
import { wish } from "../devices/wish";

const NAMES: Record<TrackKind, string> = { audio: "microphone", video: "camera" };

export function trackOf(stage: DeviceStage, kind: TrackKind): MediaStreamTrack | null {
  const tracks = kind === "audio" ? stage.stream?.getAudioTracks() : stage.stream?.getVideoTracks();
  return tracks?.find((track) => track.readyState === "live") ?? null;
}

export class DevicesInCall {
  #interrupted = new Set<TrackKind>();
  #watched = new WeakSet<MediaStreamTrack>();
  #renewing: Partial<Record<TrackKind, Promise<boolean>>> = {};
  #known = 0;

  constructor(
    private readonly stage: DeviceStage,
    private readonly isInCall: () => boolean,
    private readonly toast: (words: string) => void,
  ) {
    stage.onChange(() => this.#watch());
    navigator.mediaDevices?.addEventListener("devicechange", () => void this.#devicesChanged());
    document.addEventListener("visibilitychange", () => void this.#returned());
    addEventListener("pageshow", () => void this.#returned());
    void this.#count();
    this.#watch();
  }

  /** Which way the camera looks; only one's own face is shown mirrored. */
  get facing(): string {
    return trackOf(this.stage, "video")?.getSettings().facingMode ?? "user";
  }

  /** Gets this kind again: any device will do when the chosen one is gone (no `exact`). */
  renew(kind: TrackKind): Promise<boolean> {
    const asked = (): Promise<boolean> => this.#take(kind, wish([kind], this.stage.chosen));
    return (this.#renewing[kind] ??= asked().finally(() => { delete this.#renewing[kind]; }));
  }

  /** The other camera of a phone. It opens only one at a time, so the first is let go before. */
  async flip(): Promise<void> {
    const wanted = this.facing === "user" ? "environment" : "user";
    const before = trackOf(this.stage, "video");
    before?.stop();
    const picture = wish(["video"]).video as MediaTrackConstraints;
    if (!(await this.#take("video", { video: { ...picture, facingMode: { ideal: wanted } } }))) await this.renew("video");
  }

  async #take(kind: TrackKind, wished: MediaStreamConstraints): Promise<boolean> {
    try {
      const stream = await navigator.mediaDevices.getUserMedia(wished);
      const track = stream.getTracks()[0];
      if (!track) return false;
      this.stage.put(track);
      this.#interrupted.delete(kind);
      return true;
    } catch (failure) {
      this.#explain(kind, failure instanceof DOMException ? failure.name : "");
      return false;
    }
  }

  #explain(kind: TrackKind, cause: string): void {
    const name = NAMES[kind];
    if (cause === "NotReadableError" || cause === "AbortError") {
      this.#interrupted.add(kind);
      this.toast(`Another app is using your ${name}. Close it, then come back here.`);
    } else if (cause === "NotFoundError" || cause === "OverconstrainedError") {
      this.toast(`We cannot find a ${name}. You can stay in the visit without it.`);
    } else {
      this.toast(`Your ${name} is not allowed. You can allow it in the address bar.`);
    }
  }

  #watch(): void {
    for (const track of this.stage.stream?.getTracks() ?? []) {
      if (this.#watched.has(track)) continue;
      this.#watched.add(track);
      const kind = track.kind as TrackKind;
      // An incoming phone call mutes the track from outside; iOS may leave it "live" and dead.
      track.addEventListener("mute", () => this.#interrupted.add(kind));
      track.addEventListener("unmute", () => { if (!document.hidden) this.#interrupted.delete(kind); });
      track.addEventListener("ended", () => void this.#ended(kind, track));
    }
  }

  async #ended(kind: TrackKind, track: MediaStreamTrack): Promise<void> {
    const isCurrent = this.stage.stream?.getTracks().includes(track) ?? false;
    if (!isCurrent || !this.isInCall()) return;
    if (document.hidden) this.#interrupted.add(kind);
    else if (await this.renew(kind)) this.toast(`Your ${NAMES[kind]} was gone. We switched to ${this.#label(kind)}.`);
  }

  #label(kind: TrackKind): string {
    return trackOf(this.stage, kind)?.label || "another one";
  }

  async #returned(): Promise<void> {
    if (document.hidden || !this.isInCall()) return;
    for (const kind of [...this.#interrupted]) await this.renew(kind);
  }

  async #count(): Promise<number> {
    const devices = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
    const before = this.#known;
    this.#known = devices.filter((device) => device.kind === "audioinput").length;
    return this.#known - before;
  }

  async #devicesChanged(): Promise<void> {
    const more = await this.#count();
    if (more > 0 && this.isInCall()) this.toast("A new microphone or headset is here. You can choose it under More.");
  }
}
