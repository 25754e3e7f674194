/** The face floats above other windows, so that a clinician can look something up and stay with the patient. */
import { one } from "./page";

interface DocumentPictureInPicture {
  requestWindow(size: { width: number; height: number }): Promise<Window>;
}

const floating = (): DocumentPictureInPicture | undefined =>
  (window as Window & { documentPictureInPicture?: DocumentPictureInPicture }).documentPictureInPicture;

export const isPossible = (): boolean => floating() !== undefined || document.pictureInPictureEnabled;

/** All faces in a small window of their own where the browser can, else the first face. */
export class Floating {
  #window: Window | null = null;

  constructor(private readonly changed: (isOn: boolean) => void) {}

  async toggle(): Promise<void> {
    if (this.#window) return this.#window.close();
    if (document.pictureInPictureElement) return document.exitPictureInPicture();
    const api = floating();
    if (api) return this.#float(api);
    const video = one<HTMLVideoElement>("video[data-remote]");
    await video?.requestPictureInPicture();
    this.changed(true);
    video?.addEventListener("leavepictureinpicture", () => this.changed(false), { once: true });
  }

  async #float(api: DocumentPictureInPicture): Promise<void> {
    const people = one("[data-people]");
    if (!people) return;
    const home = document.createComment("people");
    const opened = await api.requestWindow({ width: 360, height: 270 });
    for (const sheet of document.querySelectorAll('link[rel="stylesheet"]')) opened.document.head.append(sheet.cloneNode());
    opened.document.documentElement.dataset.call = document.documentElement.dataset.call ?? "";
    people.replaceWith(home);
    opened.document.body.append(people);
    this.#window = opened;
    this.changed(true);
    opened.addEventListener("pagehide", () => {
      home.replaceWith(people);
      this.#window = null;
      this.changed(false);
      // A moved element pauses; the faces go on at home.
      for (const video of people.querySelectorAll("video")) void video.play().catch(() => undefined);
    });
    for (const video of people.querySelectorAll("video")) void video.play().catch(() => undefined);
  }
}
