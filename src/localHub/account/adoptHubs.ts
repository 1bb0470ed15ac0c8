import fs from 'node:fs';
import path from 'node:path';
import { newEntityTag } from '../state/entityTag';
import { unrestrictedAccess } from '../state/access';
import { databaseFile } from '../state/databaseFiles';
import { isHubName, type AccountData, type HubRecord } from './accountFile';
import { hubsFolder } from './hubFolder';
import { ownLocation } from './locations';

/** The resource group of hubs whose own is unknown. */
const recoveredGroup = 'recovered';

/** An account with the hubs that have a folder, after the account file was lost. Their databases contain the rest. */
export function adoptHubs(dataFolder: string, now: number): AccountData {
  const folder = hubsFolder(dataFolder);
  const names = fs.existsSync(folder) ? fs.readdirSync(folder).sort() : [];
  const hubs = names
    .filter((name) => isHubName(name) && fs.existsSync(databaseFile(path.join(folder, name))))
    .map((name): HubRecord => ({
      name,
      group: recoveredGroup,
      location: ownLocation,
      tags: {},
      sku: { name: 'S1', units: 1 },
      partitionCount: 4,
      retentionDays: 1,
      access: unrestrictedAccess,
      storedProperties: {},
      port: 0,
      provisioningState: 'Succeeded',
      createdAtMs: now,
      etag: newEntityTag(),
    }));
  const groups = hubs.length > 0 ? [{ name: recoveredGroup, location: ownLocation, tags: {} }] : [];
  return { groups, hubs, roleAssignments: [] };
}
