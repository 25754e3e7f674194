/** From what the test measured to a verdict in words. Pure; the limits are the clinic's, they come with the page. */

export type Verdict = "ok" | "weak" | "audio-only" | "failed";
export type Leg = "ok" | "failed" | "untried";
export type Tone = "calm" | "care";

/** Loss in percent, times in milliseconds, frames a second; null where nothing could be counted. */
export interface Numbers {
  rtt: number | null;
  lossUp: number | null;
  lossDown: number | null;
  jitter: number | null;
  frames: number | null;
  /** What our own camera gave: a dark room makes it slow, and that is nobody's network. */
  framesSent: number | null;
}

export interface Limits {
  weak_loss?: number;
  audio_only_loss?: number;
  weak_round_trip?: number;
  audio_only_round_trip?: number;
  weak_jitter?: number;
  weak_frames?: number;
  audio_only_frames?: number;
}

export interface Found {
  camera: boolean;
  microphone: boolean;
  direct: Leg;
  relay: Leg;
  numbers: Numbers | null;
}

export interface Grade {
  verdict: Verdict;
  /** The leg that failed, by the server's name for it; "" when none did. */
  failedLeg: "" | "connection" | "relay" | "microphone" | "camera";
  chip: string;
  words: string;
  tone: Tone;
}

type Line = "ok" | "weak" | "audio-only";

export function grade(found: Found, limits: Limits): Grade {
  if (found.direct !== "ok" && found.relay !== "ok") {
    if (found.direct === "untried") {
      return { verdict: "weak", failedLeg: "", chip: "Not checked", words: "We could not check your connection just now. You can go on.", tone: "care" };
    }
    return {
      verdict: "failed", failedLeg: "connection", chip: "Blocked", tone: "care",
      words: "Video cannot get through this network. Try another Wi-Fi or mobile data. Or let us call you by phone.",
    };
  }
  const line = lineOf(found.numbers, limits);
  if (line === "audio-only") {
    return { verdict: line, failedLeg: "connection", chip: "Sound only", words: "Sound will work. For a picture, move closer to your Wi-Fi.", tone: "care" };
  }
  const weak = line === "weak";
  const near = weak ? "It will work. Moving closer to your Wi-Fi may help." : "";
  const shown = { chip: weak ? "A little weak" : "Good", tone: weak ? ("care" as const) : ("calm" as const) };
  if (!found.microphone) {
    return { ...shown, verdict: "weak", failedLeg: "microphone", words: "You can see, listen and write. We cannot hear you yet." };
  }
  if (!found.camera) {
    return { ...shown, verdict: "audio-only", failedLeg: "camera", words: near || "You can talk without a camera." };
  }
  return { ...shown, verdict: line, failedLeg: found.relay === "failed" ? "relay" : "", words: near };
}

function lineOf(numbers: Numbers | null, limits: Limits): Line {
  if (!numbers) return "ok";
  const loss = Math.max(numbers.lossUp ?? 0, numbers.lossDown ?? 0);
  const rtt = numbers.rtt ?? 0;
  // Frames lost on the way, not frames a slow camera never made.
  const fewer = (limit: number): boolean =>
    numbers.frames !== null && numbers.frames < Math.min(limit, (numbers.framesSent ?? Infinity) * 0.6);
  const over = (value: number, limit: number | undefined): boolean => limit !== undefined && value > limit;
  if (over(loss, limits.audio_only_loss) || over(rtt, limits.audio_only_round_trip) || fewer(limits.audio_only_frames ?? 0)) return "audio-only";
  if (over(loss, limits.weak_loss) || over(rtt, limits.weak_round_trip) || over(numbers.jitter ?? 0, limits.weak_jitter) || fewer(limits.weak_frames ?? 0)) return "weak";
  return "ok";
}
