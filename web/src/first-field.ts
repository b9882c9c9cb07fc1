/**
 * What has the focus when a dialog opens: its first field, or the chosen one of a few. Without a
 * field it stays what the library takes, which is the button that closes it.
 */
export function focusFirstField(event: Event): void {
  const dialog = event.target instanceof HTMLElement ? event.target : null;
  const field = dialog?.querySelector<HTMLElement>(
    '[data-slot=body] :is(select, textarea, input:not([type=radio]:not(:checked))):enabled',
  );
  if (field === null || field === undefined) return;
  event.preventDefault();
  field.focus();
}
