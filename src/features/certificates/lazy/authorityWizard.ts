import * as l10n from '@vscode/l10n';
import { formatCount } from '../../../core/base/numbers';
import { type SubjectName } from '../../../core/certificate/certificateWork';
import { keyTypeLabels, keyTypes, type KeyType } from '../../../core/certificate/keyType';
import {
  formatSubjectName,
  parseSubjectName,
  subjectNameProblem,
} from '../../../core/certificate/subjectName';
import { askNewPassphrase } from '../../../workbench/newPassphrase';
import { askText, back, pickOne } from '../../../workbench/prompts';
import { setting } from '../../../workbench/settings';
import { runMultiStepInput, type Step } from '../../../workbench/multiStepInput';
import { authorityPassphraseTexts } from './passphraseTexts';
import { pickLocation, type StorageLocation } from './pickLocation';

export interface AuthorityOptions {
  name: string;
  subject: SubjectName;
  keyType: KeyType;
  days: number;
  passphrase: string | undefined;
  location: StorageLocation;
}

interface Draft extends AuthorityOptions {
  isDetailed: boolean;
}

const maxNameLength = 64;
const maxDays = 36_500;

function keyTypeDetail(keyType: KeyType): string {
  switch (keyType) {
    case 'ec-p256':
      return l10n.t('Small and fast, recommended for constrained devices');
    case 'ec-p384':
      return l10n.t('Larger curve than P-256');
    case 'rsa-2048':
      return l10n.t('For devices and tools that support only RSA');
    case 'rsa-3072':
      return l10n.t('RSA for use beyond 2030');
    case 'rsa-4096':
      return l10n.t('Largest key, slow to generate, with slower TLS handshakes');
  }
}

/** Asks for everything that a new certificate authority needs; going back keeps what was entered. */
export async function askAuthorityOptions(title: string, suggestedName: string): Promise<AuthorityOptions> {
  const draft: Draft = {
    name: suggestedName,
    subject: { commonName: suggestedName },
    keyType: 'ec-p256',
    days: setting('certificates.authorityDays'),
    passphrase: undefined,
    location: { kind: 'default' },
    isDetailed: false,
  };
  return runMultiStepInput(title, draft, ({ isDetailed }) => [
    askName,
    askOptionsMode,
    ...(isDetailed ? [askKeyType, askDays, askSubject] : []),
    askPassphrase,
    askLocation,
  ]);
}

const askName: Step<Draft> = async (draft, position) => {
  const name = await askText({
    ...position,
    value: draft.name,
    prompt: l10n.t(
      'Enter a name for the certificate authority. It is also used as the common name of its certificate.',
    ),
    placeholder: l10n.t('Factory CA'),
    validate: nameProblem,
  });
  if (name === back) return back;
  draft.name = name.trim();
  draft.subject = { ...draft.subject, commonName: draft.name };
  return undefined;
};

const askOptionsMode: Step<Draft> = async (draft, position) => {
  const days = setting('certificates.authorityDays');
  const isDetailed = await pickOne({
    ...position,
    placeholder: l10n.t('Select the certificate options'),
    choices: [
      {
        icon: 'zap',
        label: l10n.t('Default'),
        description:
          days === 1
            ? l10n.t('EC P-256 · 1 day · CN={0}', draft.name)
            : l10n.t('EC P-256 · {0} days · CN={1}', formatCount(days), draft.name),
        value: false,
      },
      {
        icon: 'settings',
        label: l10n.t('Custom…'),
        description: l10n.t('Select the key type, validity, and subject'),
        value: true,
      },
    ],
  });
  if (isDetailed === back) return back;
  draft.isDetailed = isDetailed;
  if (!isDetailed) {
    draft.keyType = 'ec-p256';
    draft.days = days;
    draft.subject = { commonName: draft.name };
  }
  return undefined;
};

const askKeyType: Step<Draft> = async (draft, position) => {
  const keyType = await pickOne({
    ...position,
    placeholder: l10n.t('Select a key type'),
    choices: keyTypes.map((value) => ({
      label: keyTypeLabels[value],
      description: keyTypeDetail(value),
      value,
    })),
  });
  if (keyType === back) return back;
  draft.keyType = keyType;
  return undefined;
};

const askDays: Step<Draft> = async (draft, position) => {
  const days = await askText({
    ...position,
    value: String(draft.days),
    prompt: l10n.t(
      'Enter the validity period in days. It limits the validity of the certificates that this CA issues.',
    ),
    validate: daysProblem,
  });
  if (days === back) return back;
  draft.days = Number(days);
  return undefined;
};

const askSubject: Step<Draft> = async (draft, position) => {
  const subject = await askText({
    ...position,
    value: formatSubjectName(draft.subject),
    prompt: l10n.t(
      'Enter the subject: CN and, optionally, OU, O, L, ST, and C. Write a comma in a value as \\,',
    ),
    placeholder: l10n.t('CN=Factory CA, O=Contoso, C=DE'),
    validate: subjectNameProblem,
  });
  if (subject === back) return back;
  draft.subject = parseSubjectName(subject);
  return undefined;
};

const askPassphrase: Step<Draft> = async (draft, position) => {
  const passphrase = await askNewPassphrase({ ...position, ...authorityPassphraseTexts(draft.name) });
  if (passphrase === back) return back;
  draft.passphrase = passphrase;
  return undefined;
};

const askLocation: Step<Draft> = async (draft, position) => {
  const location = await pickLocation(position);
  if (location === back) return back;
  draft.location = location;
  return undefined;
};

function nameProblem(text: string): string | undefined {
  const name = text.trim();
  if (name === '') return l10n.t('Enter a name for the certificate authority.');
  return name.length > maxNameLength
    ? l10n.t('The name cannot be longer than {0} characters. This one has {1}.', maxNameLength, name.length)
    : undefined;
}

function daysProblem(text: string): string | undefined {
  const days = Number(text);
  return /^\d+$/.test(text.trim()) && days >= 1 && days <= maxDays
    ? undefined
    : l10n.t('Enter a whole number of days from 1 to {0}.', formatCount(maxDays));
}
