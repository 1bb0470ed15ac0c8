import type net from 'node:net';

/** The other end of a connection, for the log. */
export const peerOf = ({ remoteAddress, remotePort }: net.Socket): string =>
  `${remoteAddress ?? ''}:${remotePort ?? ''}`;

/** Whether the address of a peer is on this machine. A socket for IPv6 and IPv4 has IPv4 addresses in IPv6 form. */
export const isLoopback = (address: string): boolean => /^(::ffff:)?127\.|^::1$/.test(address);
