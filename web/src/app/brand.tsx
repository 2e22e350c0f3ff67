import classes from './brand.module.css';

/** The mark, a conveyor with what it carries, and the name. */
export function Brand() {
  return (
    <span className={classes.brand}>
      <img src="/icon.svg" alt="" width={30} height={30} />
      Esteira
    </span>
  );
}
