"""Topics as pages: each with a worked instance, where it has one."""

from __future__ import annotations

from symback.notation import NOTATIONS
from symback.rendering.formats import PAGE_WIDTH
from symback.rendering.teaching.judged import judged
from symback.rendering.teaching.printed import printed
from symback.rendering.teaching.topics import Topic, group_headings, topics
from symback.rendering.teaching.write import write_page
from symback.teaching.blocks import Block, Code, Heading, Own, PageContents, Paragraph, Say
from symback.teaching.instances import Instance, instance

__all__ = ["explained", "instance_of", "listed"]


def explained(
    entries: tuple[Topic, ...], format: str, *, ascii: bool = False, width: int = PAGE_WIDTH
) -> str:
    """One page about some topics."""
    pages = []
    for entry in entries:
        found = instance_of(entry.group, entry.code)
        blocks: list[Block] = [
            Paragraph((Say("verbatim", {"text": Own(entry.rule)}),)),
            Paragraph((Say("topic-why", {"text": Own(entry.why)}),)),
        ]
        if found is not None:
            blocks += [Heading(Say("topic-instance"), 2), *found.blocks]
        blocks.append(Paragraph((Say("topic-further", {"place": Own(entry.further)}),)))
        heading = Say(
            "topic-title",
            {
                "title": Own(entry.title),
                "group": Own(group_headings()[entry.group]),
                "code": Code(entry.code),
            },
        )
        contents = PageContents(heading, tuple(blocks))
        model = found.model if found is not None else None
        notation = NOTATIONS[found.notation] if found is not None and found.notation else None
        page, _ = write_page(
            contents, format, model=model, notation=notation, ascii=ascii, width=width
        )
        pages.append(page.decode())
    return "\n".join(pages)


def instance_of(group: str, code: str) -> Instance | None:
    """A worked instance of a topic, in whichever way it has one; None where it has none."""
    return instance(group, code) or printed(group, code) or judged(group, code)


def listed() -> str:
    """Every topic, group by group."""
    lines = []
    headings = group_headings()
    known = topics()
    for group, heading in headings.items():
        lines.append(f"{heading}:")
        own = [entry for entry in known.values() if entry.group == group]
        width = max(len(entry.code) for entry in own)
        lines += [f"  {entry.code.ljust(width)}  {entry.title}" for entry in own]
        lines.append("")
    return "\n".join(lines)
