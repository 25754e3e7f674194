/** Opens and closes the page's native dialogs; none of them ever ends the call. */
import { one } from "./page";

function find(name: string): HTMLDialogElement | null {
  return one<HTMLDialogElement>(`dialog[data-dialog="${CSS.escape(name)}"]`);
}

export function openDialog(name: string): boolean {
  const dialog = find(name);
  if (dialog && !dialog.open) dialog.showModal();
  return dialog !== null;
}

export function closeDialog(name: string): void {
  const dialog = find(name);
  if (dialog?.open) dialog.close();
}
