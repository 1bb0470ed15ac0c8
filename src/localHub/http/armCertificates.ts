import { randomUUID } from 'node:crypto';
import type { HubContext } from '../context';
import { CertificateRefusal, type CaCertificate, type CertificateRefusalCode } from '../state/caCertificates';
import { armAccess, hubResourceId, hubsPath, platformError } from './armAccess';
import type { Answer, Handler, Request, Router } from './router';

/**
 * CA certificates of the hub over ARM: list, get, create or update, delete, verification code, verify.
 * @see https://learn.microsoft.com/rest/api/iothub/certificates
 */
export function addCertificateRoutes(router: Router, context: HubContext, armToken: string): void {
  const { certificates, hubName, log, now } = context;
  const allow = armAccess(context, armToken);
  const path = `${hubsPath}/{hub}/certificates`;
  const on = (method: string, route: string, handler: Handler): void => {
    router.on(
      method,
      route,
      allow((request, parameters) => {
        try {
          return handler(request, parameters);
        } catch (error) {
          if (!(error instanceof CertificateRefusal)) throw error;
          log('info', `ARM: ${method} of certificate '${parameters.name ?? ''}' refused: ${error.message}`);
          return refused(error, hubName, parameters.name ?? '', now());
        }
      }),
    );
  };
  const describe = (certificate: CaCertificate, withCode = false) =>
    description(hubName, certificate, withCode);

  on('GET', path, () => ({ status: 200, body: { value: certificates.list().map((one) => describe(one)) } }));
  on('GET', `${path}/{name}`, (_, { name = '' }) => {
    const certificate = certificates.find(name);
    if (!certificate) throw new CertificateRefusal('notFound', '');
    return { status: 200, body: describe(certificate) };
  });
  on('PUT', `${path}/{name}`, (request, { name = '' }) => {
    const properties = record(record(request.body).properties);
    const { isNew, certificate } = certificates.put(
      name,
      text(properties.certificate, 'properties.certificate'),
      properties.isVerified === true,
      ifMatchOf(request),
    );
    log('info', `ARM: certificate '${name}' ${isNew ? 'created' : 'replaced'}: ${certificate.subject}`);
    return { status: isNew ? 201 : 200, body: describe(certificate) };
  });
  on('DELETE', `${path}/{name}`, (request, { name = '' }) => {
    const isGone = certificates.remove(name, ifMatchOf(request));
    if (isGone) log('info', `ARM: certificate '${name}' deleted`);
    return { status: isGone ? 200 : 204 };
  });
  on('POST', `${path}/{name}/generateVerificationCode`, (request, { name = '' }) => ({
    status: 200,
    body: describe(certificates.generateVerificationCode(name, ifMatchOf(request)), true),
  }));
  on('POST', `${path}/{name}/verify`, (request, { name = '' }) => {
    const proof = text(record(request.body).certificate, 'certificate');
    const certificate = certificates.verify(name, proof, ifMatchOf(request));
    log('info', `ARM: certificate '${name}' verified: ${certificate.subject}`);
    return { status: 200, body: describe(certificate) };
  });
}

/** Dates are RFC 1123 here, unlike elsewhere in ARM. */
function description(hubName: string, certificate: CaCertificate, withCode: boolean): object {
  return {
    id: `${hubResourceId(hubName)}/certificates/${certificate.name}`,
    name: certificate.name,
    type: 'Microsoft.Devices/IotHubs/Certificates',
    etag: certificate.etag,
    properties: {
      subject: certificate.subject,
      expiry: new Date(certificate.expiresAtMs).toUTCString(),
      thumbprint: certificate.thumbprint,
      isVerified: certificate.isVerified,
      created: new Date(certificate.createdAtMs).toUTCString(),
      updated: new Date(certificate.updatedAtMs).toUTCString(),
      certificate: certificate.uploaded.includes('-----BEGIN')
        ? Buffer.from(certificate.uploaded).toString('base64')
        : certificate.uploaded,
      ...(withCode && certificate.verificationCode !== undefined
        ? { verificationCode: certificate.verificationCode }
        : {}),
    },
  };
}

const failures: Readonly<
  Record<Exclude<CertificateRefusalCode, 'notFound'>, { status: number; code: number; name: string }>
> = {
  invalid: { status: 400, code: 400_000, name: 'BadRequest' },
  tooMany: { status: 400, code: 400_020, name: 'BadRequest' },
  stale: { status: 412, code: 412_001, name: 'PreconditionFailed' },
};

/** The resource provider's own error body, whose code is a number. */
function refused(error: CertificateRefusal, hubName: string, name: string, now: number): Answer {
  if (error.code === 'notFound') {
    return platformError(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.Devices/IotHubs/${hubName}/certificates/${name}' was not found.`,
    );
  }
  const { status, code, name: statusName } = failures[error.code];
  return {
    status,
    body: {
      code,
      httpStatusCode: statusName,
      message: `${error.message} If you contact a support representative please include this correlation identifier: ${randomUUID()}, timestamp: ${new Date(now).toISOString()}, errorcode: IH${code}.`,
    },
  };
}

function ifMatchOf({ headers }: Request): string | undefined {
  const value = headers['if-match'];
  return value === undefined || value === '' ? undefined : value;
}

function text(value: unknown, name: string): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new CertificateRefusal('invalid', `The body has no ${name}.`);
}

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
