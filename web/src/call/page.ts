/** What the server wrote into the page, and the few ways the call finds its elements. */

export interface CallUrls {
  ticket: string;
  state: string;
  leave: string;
  quality: string;
  device_test: string;
  echo_ticket: string;
  message: string;
  safety_code: string;
  home: string;
}

export interface CallPage {
  side: "patient" | "staff";
  role: string;
  self: string;
  visit: string;
  mode: "visit" | "test";
  urls: Partial<CallUrls>;
  names: Record<string, string>;
  help: Record<string, unknown>;
}

/** Reads the JSON that the template put into `script#page`. */
export function readPage(root: Document = document): CallPage {
  const text = root.getElementById("page")?.textContent;
  if (!text) throw new Error("No script#page");
  return { names: {}, help: {}, urls: {}, ...(JSON.parse(text) as Partial<CallPage>) } as CallPage;
}

export function one<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E | null {
  return root.querySelector<E>(selector);
}

export function all<E extends Element = HTMLElement>(selector: string, root: ParentNode = document): E[] {
  return [...root.querySelectorAll<E>(selector)];
}

/** Writes the same words into every place that shows them; no words hides the place. */
export function say(name: string, words: string, root: ParentNode = document): void {
  for (const place of all(`[data-text~="${name}"]`, root)) {
    if (place.textContent !== words) place.textContent = words;
    place.hidden = words === "";
  }
}
