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

const keyTypeDetails: Readonly<Record<KeyType, string>> = {
  'ec-p256': 'Small and fast; what constrained devices like best',
  'ec-p384': 'The same with a larger curve',
  'rsa-2048': 'For devices and tools that know only RSA',
  'rsa-3072': 'RSA for use beyond 2030',
  'rsa-4096': 'Largest: takes seconds to make, and longer handshakes',
};

/** Asks for all that a new authority needs, back and forth; nothing typed is lost. */
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
    prompt: 'Name of the authority. It becomes the common name of its certificate too.',
    placeholder: 'Factory CA',
    validate: nameProblem,
  });
  if (name === back) return back;
  draft.name = name.trim();
  draft.subject = { ...draft.subject, commonName: draft.name };
  return undefined;
};

const askOptionsMode: Step<Draft> = async (draft, position) => {
  const isDetailed = await pickOne({
    ...position,
    placeholder: 'What kind of certificate?',
    choices: [
      {
        label: '$(zap) The usual',
        description: `EC P-256 · ${setting('certificates.authorityDays')} days · CN=${draft.name}`,
        value: false,
      },
      {
        label: '$(settings) Choose in detail…',
        description: 'key type, validity, subject',
        value: true,
      },
    ],
  });
  if (isDetailed === back) return back;
  draft.isDetailed = isDetailed;
  if (!isDetailed) {
    draft.keyType = 'ec-p256';
    draft.days = setting('certificates.authorityDays');
    draft.subject = { commonName: draft.name };
  }
  return undefined;
};

const askKeyType: Step<Draft> = async (draft, position) => {
  const keyType = await pickOne({
    ...position,
    placeholder: 'Type of its key?',
    choices: keyTypes.map((value) => ({
      label: keyTypeLabels[value],
      description: keyTypeDetails[value],
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
    prompt: 'Days that it is valid. The certificates it issues end with it at the latest.',
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
    prompt: 'Subject: CN and, if wanted, OU, O, L, ST, C. A comma inside a value is written \\,',
    placeholder: 'CN=Factory CA, O=Contoso, C=DE',
    validate: subjectNameProblem,
  });
  if (subject === back) return back;
  draft.subject = parseSubjectName(subject);
  return undefined;
};

const askPassphrase: Step<Draft> = async (draft, position) => {
  const passphrase = await askNewPassphrase({
    ...position,
    of: `the private key of "${draft.name}"`,
    withoutIt: 'Whoever reads the file could issue certificates that your hubs trust.',
  });
  if (passphrase === back) return back;
  draft.passphrase = passphrase;
  return undefined;
};

const askLocation: Step<Draft> = async (draft, position) => {
  const place = await pickLocation(position);
  if (place === back) return back;
  draft.location = place;
  return undefined;
};

function nameProblem(text: string): string | undefined {
  const name = text.trim();
  if (name === '') return 'Type a name for the authority.';
  return name.length > 64 ? `A name has at most 64 characters; this one has ${name.length}.` : undefined;
}

export function daysProblem(text: string): string | undefined {
  const days = Number(text);
  return /^\d+$/.test(text.trim()) && days >= 1 && days <= 36_500
    ? undefined
    : 'Type a number of days from 1 to 36500.';
}
