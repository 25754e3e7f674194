/** Which camera, microphone and speaker: lists that follow the plug. */
import { all } from "../call/page";
import type { DeviceKind, DeviceStage } from "./types";

const WORD: Record<DeviceKind, string> = { audioinput: "Microphone", videoinput: "Camera", audiooutput: "Speaker" };

export function startPickers(stage: DeviceStage): void {
  const selects = all<HTMLSelectElement>("select[data-device]");
  for (const select of selects) {
    select.addEventListener("change", () => void stage.choose(select.dataset.device as DeviceKind, select.value));
  }
  const refresh = async (): Promise<void> => {
    const devices = (await navigator.mediaDevices?.enumerateDevices().catch(() => [])) ?? [];
    for (const select of selects) {
      const kind = select.dataset.device as DeviceKind;
      const known = devices.filter((device) => device.kind === kind && device.deviceId !== "");
      const options = known.map((device, n) => new Option(device.label || `${WORD[kind]} ${n + 1}`, device.deviceId));
      select.replaceChildren(...(options.length > 0 ? options : [new Option(`No ${WORD[kind].toLowerCase()} found`, "")]));
      select.disabled = options.length === 0;
      const chosen = stage.chosen[kind];
      if (chosen && known.some((device) => device.deviceId === chosen)) select.value = chosen;
      // Safari does not let a page choose the speaker: no empty promise.
      if (kind === "audiooutput") select.closest<HTMLElement>("[data-speakers]")?.toggleAttribute("hidden", options.length === 0);
    }
  };
  navigator.mediaDevices?.addEventListener("devicechange", () => void refresh());
  stage.onChange(() => void refresh());
  void refresh();
}
