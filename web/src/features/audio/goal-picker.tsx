import { useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import type { Genre, Goal, Target } from '../../api/audio.ts';
import classes from './goal-picker.module.css';
import { genreNames, targetNames } from './names.ts';
import { useTargetName } from './use-names.ts';

const genres = Object.keys(genreNames) as Genre[];

interface Props {
  readonly goal: Goal;
  readonly disabled?: boolean;
  readonly onGoal: (goal: Goal) => void;
}

/** Where it is to be heard, and whose balance it is held against. */
export function GoalPicker({ goal, disabled = false, onGoal }: Props) {
  const { t, i18n } = useLingui();
  const name = useTargetName();
  return (
    <div className={classes.pickers}>
      <NativeSelect
        label={t`Ready for`}
        value={goal.target}
        disabled={disabled}
        data={Object.keys(targetNames).map((value) => ({ value, label: name(value as Target) }))}
        onChange={({ currentTarget }) => onGoal({ ...goal, target: currentTarget.value as Target })}
      />
      <NativeSelect
        label={t`Genre`}
        value={goal.genre}
        disabled={disabled}
        data={genres.map((value) => ({ value, label: i18n._(genreNames[value]) }))}
        onChange={({ currentTarget }) => onGoal({ ...goal, genre: currentTarget.value as Genre })}
      />
    </div>
  );
}
