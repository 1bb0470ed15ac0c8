import * as l10n from '@vscode/l10n';
import { type CertificateDescription, type IotHubClient } from '@azure/arm-iothub';
import { abortable, isAbort } from '../../core/base/abort';
import { readCertificateInfo, parseCertificate } from '../../core/certificate/certificate';
import { type HubCertificate, type HubCertificates } from '../../core/certificate/hubCertificates';
import { IotError } from '../../core/errors';
import { type HubConnection, type HubManagement } from '../../core/hub/hubConnection';
import { noManagement } from '../../core/hub/hubSettings';
import { armClient, hubArmConnection } from './armClient';
import { type ArmWatch } from './armConnection';
import { certificateFailure, type Subject } from './hubFailure';

/**
 * The certificates of a hub over Azure Resource Manager.
 * @see https://learn.microsoft.com/rest/api/iothub/certificates
 */
export async function openHubCertificates(
  hub: HubConnection,
  watch: ArmWatch = {},
): Promise<HubCertificates> {
  const { management } = hub;
  if (!management) throw noManagement();
  return new ArmHubCertificates(
    armClient(await hubArmConnection(management, hub.caFile, watch), management.subscriptionId),
    management,
  );
}

class ArmHubCertificates implements HubCertificates {
  constructor(
    private readonly client: IotHubClient,
    private readonly hub: HubManagement,
  ) {}

  async list(signal?: AbortSignal): Promise<readonly HubCertificate[]> {
    const { resourceGroup, hubName } = this.hub;
    const answer = await this.ask({ action: 'list' }, signal, (options) =>
      this.client.certificates.listByIotHub(resourceGroup, hubName, options),
    );
    return (answer.value ?? []).map(readCertificate);
  }

  async find(name: string, signal?: AbortSignal): Promise<HubCertificate | undefined> {
    const { resourceGroup, hubName } = this.hub;
    try {
      return readCertificate(
        await this.ask({ action: 'read', name }, signal, (options) =>
          this.client.certificates.get(resourceGroup, hubName, name, options),
        ),
      );
    } catch (error) {
      if (error instanceof IotError && error.code === 'notFound') return undefined;
      throw error;
    }
  }

  async upload(
    name: string,
    pem: string,
    { isVerified, etag }: { readonly isVerified: boolean; readonly etag?: string },
    signal?: AbortSignal,
  ): Promise<HubCertificate> {
    const { resourceGroup, hubName } = this.hub;
    const subject: Subject = { action: etag === undefined ? 'create' : 'replace', name };
    return readCertificate(
      await this.ask(subject, signal, (options) =>
        this.client.certificates.createOrUpdate(
          resourceGroup,
          hubName,
          name,
          { properties: { certificate: encode(pem), isVerified } },
          { ...options, ...(etag === undefined ? {} : { ifMatch: etag }) },
        ),
      ),
    );
  }

  async generateVerificationCode(
    name: string,
    etag: string,
    signal?: AbortSignal,
  ): Promise<{ readonly code: string; readonly etag: string }> {
    const { resourceGroup, hubName } = this.hub;
    const answer = await this.ask({ action: 'generateCode', name }, signal, (options) =>
      this.client.certificates.generateVerificationCode(resourceGroup, hubName, name, etag, options),
    );
    const code = answer.properties?.verificationCode;
    if (!code)
      throw new IotError(
        'serviceFailed',
        l10n.t('The hub did not return a verification code for "{0}".', name),
      );
    return { code, etag: answer.etag ?? '' };
  }

  async verify(name: string, etag: string, pem: string, signal?: AbortSignal): Promise<HubCertificate> {
    const { resourceGroup, hubName } = this.hub;
    return readCertificate(
      await this.ask({ action: 'verify', name }, signal, (options) =>
        this.client.certificates.verify(
          resourceGroup,
          hubName,
          name,
          etag,
          { certificate: encode(pem) },
          options,
        ),
      ),
    );
  }

  async delete(name: string, etag: string, signal?: AbortSignal): Promise<void> {
    const { resourceGroup, hubName } = this.hub;
    await this.ask({ action: 'delete', name }, signal, (options) =>
      this.client.certificates.delete(resourceGroup, hubName, name, etag, options),
    );
  }

  private async ask<T>(
    subject: Subject,
    signal: AbortSignal | undefined,
    call: (options: { abortSignal?: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    try {
      return await abortable(call(signal ? { abortSignal: signal } : {}), signal);
    } catch (error) {
      if (isAbort(error)) throw error;
      throw certificateFailure(error, this.hub, subject);
    }
  }
}

/** Base64 of the PEM text: what the portal and `az` send. */
const encode = (pem: string) => Buffer.from(pem, 'utf8').toString('base64');

function readCertificate({ name, etag, properties }: CertificateDescription): HubCertificate {
  const pem = decode(properties?.certificate);
  return {
    name: name ?? '',
    subject: properties?.subject ?? '',
    thumbprint: (properties?.thumbprint ?? '').toUpperCase(),
    expiresAt: timeOf(properties?.expiry) ?? 0,
    isVerified: properties?.isVerified ?? false,
    etag: etag ?? '',
    ...optional('createdAt', timeOf(properties?.created)),
    ...optional('updatedAt', timeOf(properties?.updated)),
    ...pem,
  };
}

/** The service returns what was uploaded: Base64 of DER or of PEM text. Anything else is left out. */
function decode(text: string | undefined): { readonly pem: string; readonly sha256: string } | undefined {
  if (!text) return undefined;
  try {
    const certificate = parseCertificate(text.includes('-----BEGIN') ? text : Buffer.from(text, 'base64'));
    return { pem: certificate.toString(), sha256: readCertificateInfo(certificate).sha256 };
  } catch {
    return undefined;
  }
}

function timeOf(date: Date | undefined): number | undefined {
  const time = date?.getTime();
  return time === undefined || Number.isNaN(time) ? undefined : time;
}

const optional = <K extends string>(key: K, value: number | undefined) =>
  (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: number };
