/** Written words between browsers, over the data channel: never on a server, gone with the page. */
import { CHAT_LIMIT } from "./channel";
import { all, one } from "./page";

export class Chat {
  #log = one("[data-chat]");

  /** `say` sends to everybody and tells how many it reached. */
  constructor(private readonly say: (text: string) => number) {
    const form = one<HTMLFormElement>("[data-chat-form]");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(form);
    });
  }

  get isOpen(): boolean {
    return this.#log !== null && this.#log.getClientRects().length > 0;
  }

  /** Words of another person; never more than text. */
  came(name: string, text: string): void {
    this.#write(`${name}: ${text}`, false);
  }

  #send(form: HTMLFormElement): void {
    const field = form.querySelector<HTMLInputElement | HTMLTextAreaElement>("[name=text]");
    const text = field?.value.trim().slice(0, CHAT_LIMIT) ?? "";
    if (!field || text === "") return;
    if (this.say(text) === 0) return this.#write("Not sent: nobody else is connected. Please try again.", false);
    this.#write(text, true);
    field.value = "";
    field.focus();
  }

  #write(text: string, isMine: boolean): void {
    const line = document.createElement("p");
    line.textContent = text;
    line.toggleAttribute("data-mine", isMine);
    this.#log?.append(line);
    line.scrollIntoView({ block: "nearest" });
  }
}

/** How many messages nobody has looked at yet, on the button and for screen readers. */
export function showUnread(unread: number): void {
  for (const button of all('[data-action="chat"]')) {
    if (unread === 0) {
      delete button.dataset.unread;
      button.removeAttribute("aria-description");
    } else {
      button.dataset.unread = String(unread);
      button.setAttribute("aria-description", `${unread} new`);
    }
  }
}
