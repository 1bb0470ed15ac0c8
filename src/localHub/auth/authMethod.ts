/** JSON text of the annotation `iothub-connection-auth-method`, as the service formats it. */
export const formatAuthMethod = (scope: 'hub' | 'device', type: 'sas' | 'x509'): string =>
  JSON.stringify({
    scope,
    type,
    issuer: type === 'x509' ? 'external' : 'iothub',
    acceptingIpFilterRule: null,
  });
