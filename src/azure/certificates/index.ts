export { openHubCertificates } from './armHubCertificates';
