export { publishOnce } from './publishOnce';
