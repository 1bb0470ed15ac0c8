export { findPath, readAuthority, type Authority } from './findPath';
