import { reactive, ref, watch, type Ref } from 'vue';
import type { Settings } from '../../../api/settings/schema.ts';

export interface SettingsDraft {
  name: string;
  businessDayStartsAtHour: number;
  fiscalYearStartsInMonth: number;
  language: 'en' | 'sw';
  displayName: string;
  colour: string;
}
export type SettingsField = keyof SettingsDraft;

function draftOf({ tenant, settings: { branding, ...own } }: Settings): SettingsDraft {
  const { displayName, colour } = branding;
  return { ...own, name: tenant.name, displayName: displayName ?? '', colour: colour ?? '' };
}

/**
 * The form of the settings. What somebody typed stays when another person saves meanwhile; fields they
 * left alone follow, and where both changed the same one, what the other person saved stands beside it.
 */
export function useSettingsDraft(settings: Ref<Settings | undefined>) {
  const none: SettingsDraft = {
    ...{ name: '', businessDayStartsAtHour: 0, fiscalYearStartsInMonth: 7, language: 'en' },
    ...{ displayName: '', colour: '' },
  };
  const draft = reactive({ ...none });
  const theirs = ref<{ field: SettingsField; value: string | number }[]>([]);
  /** What the form was last filled in from. */
  let seen = { ...none };

  function follow(now: SettingsDraft): void {
    const typed: Partial<SettingsDraft> = {};
    const fields = Object.keys(none) as SettingsField[];
    for (const field of fields) {
      if (draft[field] !== seen[field]) Object.assign(typed, { [field]: draft[field] });
    }
    theirs.value = fields
      .filter((field) => field in typed && now[field] !== draft[field])
      .filter(
        (field) => now[field] !== seen[field] || theirs.value.some((one) => one.field === field),
      )
      .map((field) => ({ field, value: now[field] }));
    seen = now;
    Object.assign(draft, now, typed);
  }

  function take(wanted: SettingsField): void {
    Object.assign(draft, { [wanted]: seen[wanted] });
    theirs.value = theirs.value.filter(({ field }) => field !== wanted);
  }

  // What else there is to know of the business is read again and again; only another version counts.
  watch(
    () => settings.value?.version,
    () => {
      if (settings.value !== undefined) follow(draftOf(settings.value));
    },
    { immediate: true },
  );
  return { draft, theirs, take };
}
