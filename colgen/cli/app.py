"""All commands in one application. Heavy imports wait until a command needs them, so that `--help` is quick."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from colgen.cli import audit, build, config, jobs, models, new, report_interrupt, scenarios, serve

UsageError: Any = typer.BadParameter.__base__
"""What Typer raises for a command line that it cannot read; it has no public name for it."""


class _Commands(TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as interrupt:  # which Typer turns into an exit code without a word
            report_interrupt(interrupt)
            raise


app = typer.Typer(
    cls=_Commands,
    help="Realistic relational data, whole columns at a time.",
    epilog="Exit codes: 0 done, 1 failed (a check too) or different (diff), 2 the request was wrong, 3 the target was refused, 130 interrupted.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

app.command()(build.build)
app.command()(build.merge)
app.command()(build.extend)
app.command()(audit.check)
app.command()(audit.verify)
app.command()(audit.diff)
app.command()(build.cleanup)
app.command()(audit.report)
app.command()(new.new)
app.command()(models.models)
app.command()(models.preview)
app.add_typer(scenarios.app, name="scenarios")
app.command()(scenarios.validate)
app.command()(jobs.status)
app.command()(jobs.cancel)
app.command()(serve.serve)
app.command()(serve.mcp)
app.command()(config.config)
app.command()(config.toggle)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        print(f"colgen {version('colgen')}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")] = False,
) -> None:
    pass
