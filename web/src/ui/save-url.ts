/** Lets the browser save what is at an address of this server, as itself or under another name. */
export function saveUrl(url: string, name = ''): void {
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
}
