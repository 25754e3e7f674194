/** The test before a visit, on the page that becomes the visit: preview, microphone, speaker, a real echo call. */
import { all, one, say, type CallPage } from "../call/page";
import { post } from "../call/web";
import { tryEcho, type Heard } from "./echo";
import { grade, type Limits, type Tone } from "./grade";
import { helpFor } from "./help";
import { listen, type Hearing } from "./meter";
import { startPickers } from "./pickers";
import { allowSound, twoNotes } from "./sound";
import { Stage } from "./stage";
import type { DeviceStage } from "./types";

export type { DeviceStage } from "./types";

type Page = CallPage & { policy?: { connection?: Limits } };

const UNTRIED: Heard = { direct: "untried", relay: "untried", numbers: null };

/** Binds the test to the page; the call takes over the stage that it returns. */
export function startDevices(page: CallPage): DeviceStage {
  const stage = new Stage();
  const test = new DeviceTest(page, stage);
  stage.onEndTest = () => test.end();
  stage.onChange(() => test.show());
  startPickers(stage);
  on("turn-on", () => void test.begin());
  on("test-again", () => void test.check());
  on("test-sound", () => void test.playSound());
  on("heard", () => test.answer(true));
  on("not-heard", () => test.answer(false));
  return stage;
}

class DeviceTest {
  #isTesting = false;
  #running: AbortController | null = null;
  #stopMeter: (() => void) | null = null;
  #metered: MediaStreamTrack | null | undefined;
  #hearing: Hearing = "listening";
  #speaker: "" | "heard" | "not-heard" = "";
  #heard: Heard = UNTRIED;

  constructor(private readonly page: Page, private readonly stage: Stage) {}

  async begin(): Promise<void> {
    allowSound(); // inside the tap, or the meter stays silent
    this.#isTesting = true;
    await this.stage.turnOn();
    await this.check();
  }

  /** The echo call; a second one breaks off the first. */
  async check(): Promise<void> {
    this.#running?.abort();
    const running = (this.#running = new AbortController());
    const url = this.page.urls.echo_ticket;
    if (!url) return;
    words("connection", "Checking");
    words("verdict", "");
    all('[data-action="test-again"]').forEach((button) => (button.hidden = true));
    this.#heard = await tryEcho(url, this.stage.stream, running.signal).catch(() => UNTRIED);
    if (running.signal.aborted) return;
    this.#running = null;
    const found = this.#grade();
    words("connection", found.chip, found.tone);
    words("verdict", found.words);
    all('[data-action="test-again"]').forEach((button) => (button.hidden = found.verdict === "ok"));
    await this.#report();
  }

  async playSound(): Promise<void> {
    words("speaker", "Playing");
    await twoNotes(0.45, 0.2, this.stage.chosen.audiooutput);
    words("speaker", "");
    all("[data-heard]").forEach((row) => (row.hidden = false));
    one<HTMLElement>('[data-action="heard"]')?.focus();
  }

  answer(heard: boolean): void {
    this.#speaker = heard ? "heard" : "not-heard";
    all("[data-heard]").forEach((row) => (row.hidden = true));
    words("speaker", heard ? "You can hear us" : "Not heard yet", heard ? "calm" : "care");
    words("play-sound", "Again");
    words("speaker-help", heard ? "" : "Turn up the volume. Check the silent switch, or your earphones. Then play it again.");
    one<HTMLElement>('[data-action="test-sound"]')?.focus();
    if (!this.#running) void this.#report();
  }

  /** What the stage has now: the picture, the bar, and help for what is missing. */
  show(): void {
    const { stream, trouble } = this.stage;
    const camera = stream?.getVideoTracks()[0];
    for (const view of all("[data-self-view]")) {
      if (!camera) view.dataset.camera = "none";
      else if (view.dataset.camera === "none") delete view.dataset.camera;
      view.dataset.facing = camera?.getSettings().facingMode ?? "user";
    }
    for (const video of all<HTMLVideoElement>("video[data-self]")) {
      if (video.srcObject !== stream) video.srcObject = stream;
    }
    this.#meter(stream);
    if (this.stage.phase !== "asking") this.#help(Object.keys(trouble).length > 0);
  }

  end(): void {
    this.#isTesting = false;
    this.#running?.abort();
    this.#running = null;
    this.#stopMeter?.();
    this.#stopMeter = null;
    this.#metered = undefined;
  }

  #meter(stream: MediaStream | null): void {
    const microphone = stream?.getAudioTracks()[0] ?? null;
    if (!this.#isTesting || this.stage.phase === "asking" || microphone === this.#metered) return;
    this.#stopMeter?.();
    this.#stopMeter = null;
    this.#metered = microphone;
    this.#hearing = "listening";
    words("mic", microphone ? "Say a few words" : "No microphone", microphone ? "" : "care");
    if (!microphone) return;
    this.#stopMeter = listen(new MediaStream([microphone]), (level, hearing) => {
      for (const bar of all<HTMLMeterElement>("meter[data-mic-level]")) bar.value = level;
      if (hearing === this.#hearing) return;
      this.#hearing = hearing;
      if (hearing === "heard") words("mic", "We can hear you", "calm");
      if (hearing === "silent") words("mic", "We hear nothing yet", "care");
      words("mic-help", hearing === "silent" ? "Is it muted? Try the switch on your earphones, or choose another microphone." : "");
    });
  }

  #help(isTrouble: boolean): void {
    const panel = one<HTMLElement>("[data-trouble]");
    if (!panel) return;
    panel.hidden = !isTrouble;
    const { audio: microphone, video: camera } = this.stage.causes;
    const cause = microphone ?? camera;
    if (!isTrouble || !cause) return;
    const what = microphone && camera ? "camera and microphone" : microphone ? "microphone" : "camera";
    const help = helpFor(cause, what, this.stage.platform);
    words("trouble-title", help.title);
    const steps = help.steps.map((step) => Object.assign(document.createElement("li"), { textContent: step }));
    one("[data-trouble-steps]")?.replaceChildren(...steps);
  }

  #grade(): ReturnType<typeof grade> {
    const { stream } = this.stage;
    const has = { camera: Boolean(stream?.getVideoTracks().length), microphone: Boolean(stream?.getAudioTracks().length) };
    return grade({ ...has, ...this.#heard }, this.page.policy?.connection ?? {});
  }

  /** Kept for the clinic, shown beside the name; a test that cannot be stored holds nobody up. */
  async #report(): Promise<void> {
    const url = this.page.urls.device_test;
    if (!url) return;
    const { verdict, failedLeg, chip, words: sentence } = this.#grade();
    const { numbers, direct, relay } = this.#heard;
    const { trouble, stream } = this.stage;
    const round = (value: number | null | undefined): number | null => (value == null ? null : Math.round(value * 10) / 10);
    const frames = round(numbers?.frames);
    await post(url, {
      verdict, failed_leg: failedLeg, words: sentence || chip,
      camera: trouble.video ?? (stream?.getVideoTracks().length ? "ok" : "off"),
      microphone: trouble.audio ?? (this.#hearing === "silent" ? "silent" : stream?.getAudioTracks().length ? "ok" : "off"),
      speaker: this.#speaker, direct, relay,
      rtt_ms: round(numbers?.rtt), loss_up: round(numbers?.lossUp), loss_down: round(numbers?.lossDown), jitter_ms: round(numbers?.jitter),
      frames: frames === null ? null : Math.round(frames),
    }).catch(() => undefined);
  }
}

function words(name: string, text: string, tone: Tone | "" = ""): void {
  say(name, text);
  for (const place of all(`[data-text~="${name}"]`)) place.dataset.tone = tone;
}

function on(action: string, act: () => void): void {
  for (const button of all(`[data-action="${action}"]`)) button.addEventListener("click", act);
}
