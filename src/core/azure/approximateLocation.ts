import { type Region } from './resources';

/** An estimate of where this computer is, from its time zone alone. */
export interface ApproximateLocation {
  /** In degrees. */
  readonly longitude: number;
  /** For time zones with daylight saving: summer time in July means north. */
  readonly hemisphere?: 'north' | 'south';
  /** First part of the time zone's name, such as `Europe`. */
  readonly area?: string;
}

/**
 * @param timeZone IANA name, such as `Europe/Berlin`
 * @param january offset from UTC in minutes, east is positive
 */
export function approximateLocationOf(
  timeZone: string | undefined,
  january: number,
  july: number,
): ApproximateLocation {
  const area = timeZone?.includes('/') ? timeZone.split('/')[0] : undefined;
  return {
    // Standard time, because daylight saving moves clocks and not people; four minutes are one degree.
    longitude: Math.min(january, july) / 4,
    ...(january === july ? {} : { hemisphere: july > january ? 'north' : 'south' }),
    ...(area === undefined || area === 'Etc' ? {} : { area }),
  };
}

export function approximateLocationHere(year = new Date().getFullYear()): ApproximateLocation {
  const offset = (month: number) => -new Date(year, month, 1).getTimezoneOffset();
  return approximateLocationOf(Intl.DateTimeFormat().resolvedOptions().timeZone, offset(0), offset(6));
}

/** How the clouds name the geographies of a time zone's area. */
const geographies: Readonly<Record<string, RegExp>> = {
  Africa: /africa/i,
  America: /\b(us|usa|united states|canada|america|mexico|brazil|chile)\b/i,
  Asia: /asia|india|japan|korea|china|middle east|israel/i,
  Australia: /australia|asia pacific/i,
  Europe: /europe|\buk\b/i,
  Indian: /india|asia/i,
  Pacific: /asia pacific|australia|new zealand/i,
};

/** In degrees, approximately; `undefined` when the cloud does not report where the region is. */
export function distanceTo(region: Region, here: ApproximateLocation): number | undefined {
  if (region.longitude === undefined) return undefined;
  const turn = Math.abs(region.longitude - here.longitude) % 360;
  const east = Math.min(turn, 360 - turn);
  const isOtherSide =
    here.hemisphere !== undefined &&
    region.latitude !== undefined &&
    region.latitude > 0 !== (here.hemisphere === 'north');
  const words = here.area === undefined ? undefined : geographies[here.area];
  const isElsewhere = words !== undefined && region.geography !== undefined && !words.test(region.geography);
  // A time zone says nothing about latitude; another continent or hemisphere is far, whatever its clocks say.
  return east + (isOtherSide ? 60 : 0) + (isElsewhere ? 90 : 0);
}
