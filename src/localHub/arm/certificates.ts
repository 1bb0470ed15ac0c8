import { hubResourceId } from '../account/ids';
import { CertificateError, type CaCertificate, type CertificateErrorCode } from '../state/caCertificates';
import { bodyOf, flagOf, objectOf, textOf } from '../http/bodyValues';
import type { Answer } from '../http/router';
import type { ActiveHub, ArmApi, ArmRequest } from './api';
import { platformError, providerError } from './errors';
import { ifMatchOf } from './ifMatch';

/**
 * CA certificates of each hub: list, get, create or update, delete, verification code, verify.
 * @see https://learn.microsoft.com/rest/api/iothub/certificates
 */
export function addCertificateRoutes(api: ArmApi): void {
  const { log } = api.context;
  const path = '/certificates';
  const on = (
    method: string,
    route: string,
    handler: (hub: ActiveHub, request: ArmRequest, name: string) => Answer,
  ): void => {
    api.onHub(method, route, (hub, request, { name = '' }) => {
      try {
        return handler(hub, request, name);
      } catch (error) {
        if (!(error instanceof CertificateError)) throw error;
        log('info', `ARM: refused ${method} of certificate '${name}': ${error.message}`);
        return refused(error, hub.record.name, name);
      }
    });
  };
  const of = ({ hub }: ActiveHub) => hub.context.certificates;

  on('GET', path, (hub) => ({
    status: 200,
    body: {
      value: of(hub)
        .list()
        .map((one) => describe(hub, one)),
    },
  }));
  on('GET', `${path}/{name}`, (hub, _, name) => {
    const certificate = of(hub).find(name);
    if (!certificate) throw new CertificateError('notFound', '');
    return { status: 200, body: describe(hub, certificate) };
  });
  on('PUT', `${path}/{name}`, (hub, request, name) => {
    const properties = objectOf(bodyOf(request).properties, 'properties');
    const { isNew, certificate } = of(hub).put(
      name,
      text(properties.certificate, 'properties.certificate'),
      flagOf(properties.isVerified, 'properties.isVerified') ?? false,
      ifMatchOf(request),
    );
    log('info', `ARM: ${isNew ? 'created' : 'replaced'} certificate '${name}': ${certificate.subject}`);
    return { status: isNew ? 201 : 200, body: describe(hub, certificate) };
  });
  on('DELETE', `${path}/{name}`, (hub, request, name) => {
    const isDeleted = of(hub).remove(name, ifMatchOf(request));
    if (isDeleted) log('info', `ARM: deleted certificate '${name}'`);
    return { status: isDeleted ? 200 : 204 };
  });
  on('POST', `${path}/{name}/generateVerificationCode`, (hub, request, name) => ({
    status: 200,
    body: describe(hub, of(hub).generateVerificationCode(name, ifMatchOf(request)), true),
  }));
  on('POST', `${path}/{name}/verify`, (hub, request, name) => {
    const proof = text(bodyOf(request).certificate, 'certificate');
    const certificate = of(hub).verify(name, proof, ifMatchOf(request));
    log('info', `ARM: verified certificate '${name}': ${certificate.subject}`);
    return { status: 200, body: describe(hub, certificate) };
  });
}

/** Dates are in RFC 1123 format, unlike elsewhere in ARM. */
function describe(hub: ActiveHub, certificate: CaCertificate, withCode = false): object {
  return {
    id: `${hubResourceId(hub.record)}/certificates/${certificate.name}`,
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
  Record<Exclude<CertificateErrorCode, 'notFound'>, { status: number; code: number; name: string }>
> = {
  invalid: { status: 400, code: 400_000, name: 'BadRequest' },
  tooMany: { status: 400, code: 400_020, name: 'BadRequest' },
  stale: { status: 412, code: 412_001, name: 'PreconditionFailed' },
};

function refused(error: CertificateError, hubName: string, name: string): Answer {
  if (error.code === 'notFound') {
    return platformError(
      404,
      'ResourceNotFound',
      `The Resource 'Microsoft.Devices/IotHubs/${hubName}/certificates/${name}' was not found.`,
    );
  }
  const { status, code, name: statusName } = failures[error.code];
  return providerError(status, code, statusName, error.message);
}

function text(value: unknown, name: string): string {
  const given = textOf(value, name);
  if (given === undefined) throw new CertificateError('invalid', `The property '${name}' is required.`);
  return given;
}
