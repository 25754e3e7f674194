/** What the test before a visit and the call agree on: one camera and microphone stream for both. */

export type DeviceKind = "audioinput" | "videoinput" | "audiooutput";
export type TrackKind = "audio" | "video";

/** Why a camera or microphone is not there, by cause; the help text follows the cause. */
export type DeviceTrouble = "denied" | "denied-by-system" | "busy" | "absent" | "unsupported" | "failed";

export interface DeviceStage {
  /**
   * The one stream, or null until something was switched on. The object stays the same from the
   * test to the end of the call; tracks are exchanged inside it (a phone asks for leave only once).
   */
  readonly stream: MediaStream | null;
  /** "idle" before the first tap, "asking" while the browser asks, "on" with at least one track. */
  readonly phase: "idle" | "asking" | "on" | "refused";
  /** What is missing and why; empty when both camera and microphone work. */
  readonly trouble: Readonly<Partial<Record<TrackKind, DeviceTrouble>>>;
  /** The device ids chosen in the pickers; the speaker has no track, so it is only here. */
  readonly chosen: Readonly<Partial<Record<DeviceKind, string>>>;
  /** Told after every change of the four facts above. Returns the way to stop listening. */
  onChange(listener: () => void): () => void;
  /** Asks for camera and microphone (again); resolves when the browser has answered, never rejects. */
  turnOn(): Promise<void>;
  /** Takes another device; the old track is stopped, the new one takes its place in the stream. */
  choose(kind: DeviceKind, deviceId: string): Promise<void>;
  /** Puts a track got elsewhere (a flipped camera, one re-acquired after a phone call) into the stream. */
  put(track: MediaStreamTrack): void;
  /** Ends the echo call and its meters but keeps the stream: the visit begins. */
  endTest(): void;
  /** Switches camera and microphone off for good. */
  stop(): void;
}
