import { type Beside, write } from "./page.ts";

/** Shows the whole address of the stream and copies it. */
export function createStreamAddress({ address, copy, copied }: Beside): void {
  address.value = new URL(address.value, location.href).href;
  address.addEventListener("focus", () => address.select());
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(address.value);
      write(copied, "Copied.");
    } catch {
      // No clipboard without a secure page or leave: the text stands selected for the listener's own copying.
      address.focus();
      write(copied, "Selected: copy it with your keyboard or menu.");
    }
  });
}
