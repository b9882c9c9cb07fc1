/** The files of a paste; text that looks like a CSV becomes one, so a copied export can be pasted. */
export function pastedFiles(clipboard: DataTransfer | null): File[] {
  if (clipboard === null) return [];
  const files = [...clipboard.files];
  if (files.length > 0) return files;
  const text = clipboard.getData('text/plain');
  return isTabular(text) ? [new File([text], 'pasted.csv', { type: 'text/csv' })] : [];
}

/** Three lines or more, most of which split into at least three cells by the same separator. */
export function isTabular(text: string): boolean {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  if (lines.length < 3) return false;
  return [',', ';', '\t'].some((separator) => {
    const wide = lines.filter((line) => line.split(separator).length >= 3);
    return wide.length * 10 >= lines.length * 8;
  });
}
