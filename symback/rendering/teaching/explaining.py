"""Topics as pages: each with a worked instance, where it has one."""

from __future__ import annotations

from symback.rendering.teaching.judged import judged
from symback.rendering.teaching.topics import Topic, group_headings, topics
from symback.rendering.teaching.write import write_page
from symback.teaching.blocks import Block, Code, Heading, Own, PageContents, Paragraph, Say
from symback.teaching.instances import instance

__all__ = ["explained", "listed"]


def explained(entries: tuple[Topic, ...], format: str, *, ascii: bool = False) -> str:
    """One page about some topics."""
    pages = []
    for entry in entries:
        found = instance(entry.group, entry.code)
        blocks: list[Block] = [
            Paragraph((Say("verbatim", {"text": Own(entry.rule)}),)),
            Paragraph((Say("topic-why", {"text": Own(entry.why)}),)),
        ]
        if found is not None:
            blocks += [Heading(Say("topic-instance"), 2), *found[1]]
        elif shown := judged(entry.group, entry.code):
            blocks += [Heading(Say("topic-instance"), 2), *shown]
        blocks.append(Paragraph((Say("topic-further", {"place": Own(entry.further)}),)))
        heading = Say(
            "topic-title",
            {
                "title": Own(entry.title),
                "group": Own(group_headings()[entry.group]),
                "code": Code(entry.code),
            },
        )
        model = None if found is None else found[0].model
        contents = PageContents(heading, tuple(blocks))
        pages.append(write_page(contents, format, model=model, ascii=ascii)[0].decode())
    return "\n".join(pages)


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
