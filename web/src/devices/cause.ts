/** From what the browser said to the cause of a missing camera or microphone (ASKS 14–16, 22). Pure. */
import type { Platform } from "./platform";
import type { DeviceTrouble } from "./types";

export type Cause = "dismissed" | "site" | "browser" | "system" | "busy" | "absent" | "in-app" | "insecure" | "unknown";

export interface Refusal {
  /** `error.name` and `error.message` of getUserMedia; "" when the API itself is missing. */
  name: string;
  message: string;
  /** What `permissions.query` said, if it may be believed at all. */
  permission: PermissionState | null;
  /** How long the answer took: a person needs longer than a stored "no". */
  tookMs: number;
  secure: boolean;
}

const A_PERSON_ANSWERED_MS = 400;

export function causeOf(refusal: Refusal, platform: Platform): Cause {
  if (!refusal.secure) return "insecure";
  const missing = refusal.name === "";
  if (platform.inApp && (missing || refusal.name === "NotAllowedError")) return "in-app";
  switch (refusal.name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return denied(refusal, platform);
    case "SecurityError":
      return "browser";
    case "NotReadableError":
    case "AbortError":
    case "TrackStartError":
      return "busy";
    case "NotFoundError":
    case "DevicesNotFoundError":
    case "OverconstrainedError":
      return "absent";
    default:
      return missing ? "browser" : "unknown";
  }
}

function denied(refusal: Refusal, platform: Platform): Cause {
  if (/system/i.test(refusal.message)) return "system";
  if (/dismiss/i.test(refusal.message)) return "dismissed";
  if (/policy/i.test(refusal.message)) return "browser";
  // Safari reports "prompt" though it was denied: there only the time tells.
  const believed = platform.browser === "Safari" || platform.system === "ios" ? null : refusal.permission;
  if (believed === "denied") return "site";
  if (believed === "granted") return "system";
  return refusal.tookMs > A_PERSON_ANSWERED_MS ? "dismissed" : "site";
}

export function troubleOf(cause: Cause): DeviceTrouble {
  switch (cause) {
    case "system": return "denied-by-system";
    case "dismissed": case "site": case "browser": return "denied";
    case "busy": case "absent": return cause;
    case "in-app": case "insecure": return "unsupported";
    case "unknown": return "failed";
  }
}
