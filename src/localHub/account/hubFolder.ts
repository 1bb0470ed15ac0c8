import fs from 'node:fs';
import path from 'node:path';
import { setAside } from '../setAside';
import { databaseFile } from '../state/databaseFiles';

const ownFiles = /^(hub\.db.*|server(-rsa)?\.(pem|key)(\.damaged.*)?)$/;

/** Where the hubs that were created in ARM are stored. */
export const hubsFolder = (dataFolder: string): string => path.join(dataFolder, 'hubs');

/** Hub names are case-insensitive. */
export const hubFolder = (dataFolder: string, name: string): string =>
  path.join(hubsFolder(dataFolder), name.toLowerCase());

/** Removes the files of a hub, and its folder if it is empty then. */
export function removeHubFolder(folder: string): void {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder)) {
    if (ownFiles.test(name)) removeOwnFile(path.join(folder, name));
  }
  removeEmpty(folder);
}

/** Removes a file. Of folders, only the lock of SQLite's WebAssembly build, which a killed process leaves behind, is the hub's. */
export function removeOwnFile(file: string): void {
  const isFolder = fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  if (!isFolder || file.endsWith('.lock')) fs.rmSync(file, { force: true, recursive: isFolder });
}

/** Renames the folder of a hub that is not in the account, if it contains data. @returns its new name */
export function setHubFolderAside(folder: string): string | undefined {
  if (!fs.existsSync(databaseFile(folder))) return undefined;
  return setAside(folder);
}

/** Removes the files of all hubs that were created in ARM. */
export function removeHubFolders(dataFolder: string): void {
  const folder = hubsFolder(dataFolder);
  if (!fs.existsSync(folder)) return;
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeHubFolder(path.join(folder, entry.name));
  }
  removeEmpty(folder);
}

function removeEmpty(folder: string): void {
  if (fs.readdirSync(folder).length === 0) fs.rmdirSync(folder);
}
