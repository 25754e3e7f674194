/** Shows one's screen as a track of its own, so that the face stays beside it. */

export class ScreenShare {
  #track: MediaStreamTrack | null = null;

  /** `changed` gets the track, or null when sharing ends, also by the browser's own button. */
  constructor(private readonly changed: (track: MediaStreamTrack | null) => void) {}

  static get isPossible(): boolean {
    return typeof navigator.mediaDevices?.getDisplayMedia === "function";
  }

  get isOn(): boolean {
    return this.#track !== null;
  }

  /** False when the person changed their mind in the browser's picker. */
  async start(): Promise<boolean> {
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: 10 }, audio: false });
    } catch {
      return false;
    }
    const track = stream.getVideoTracks()[0];
    if (!track) return false;
    track.contentHint = "detail";
    track.addEventListener("ended", () => this.stop());
    this.#track = track;
    this.changed(track);
    return true;
  }

  stop(): void {
    if (!this.#track) return;
    this.#track.stop();
    this.#track = null;
    this.changed(null);
  }
}
