"""Questions of the STACK type: a formula judged by algebra, its slips as nodes, and tests."""

from __future__ import annotations

from html import escape as escape_html

from symback.rendering.teaching.exports.common import (
    cdata,
    said,
    slip_words,
)
from symback.rendering.teaching.setting import Setting
from symback.teaching.exercises import Exercise, Small
from symback.teaching.program import Kind

__all__ = ["stack_answers", "stack_question"]


def stack_answers(exercise: Exercise) -> tuple[str, tuple[tuple[str, str], ...], tuple[str, str]]:
    """A gradient of one weight in names that are easy to type, its wrong twins, and the two names.

    Returns:
        The right formula in Maxima's language, (code of a slip, formula) for each twin, and the
        names of error and input; empty where the gradient is no such product.
    """
    problem = exercise.problem
    assert problem is not None
    if isinstance(problem.about, Small):  # in letters of its own, a sum over what they are not of
        return "", (), ("", "")
    name = exercise.signature[2]
    line = next(line for line in problem.program.of_kind(Kind.GRADIENT) if line.quantity == name)
    errors = [use for use in line.uses if use.startswith(f"d{problem.program.loss}/")]
    inputs = [use for use in line.uses if use not in errors]
    if len(errors) != 1 or len(inputs) != 1:
        return "", (), ("", "")
    quantity = inputs[0].partition("[")[0]
    error, source = f"delta{name[1:]}", f"{quantity}1" if quantity == "x" else f"{quantity}u1"
    twins = (
        ("sign", f"-{error}*{source}"),
        ("input-missing", error),
        ("slope-missing", f"{error}*{source}*{source}"),
    )
    return f"{error}*{source}", twins[:2], (error, source)


def stack_question(exercise: Exercise, name: str, page: Setting) -> str:
    """A STACK question about the gradient of an exercise; empty where it is no such product."""
    right, twins, (error, source) = stack_answers(exercise)
    if not right:
        return ""
    prompt = said("stack-prompt", page, error=error, source=source)
    nodes, tests = [], []
    options = [("right", right), *twins]
    for place, (code, formula) in enumerate(options):
        after = place + 1 if place + 1 < len(options) else -1
        note = "right" if code == "right" else f"slip: {code}"
        feedback = "" if code == "right" else slip_words(code, page)
        nodes.append(
            f"<node><name>{place}</name><description/><answertest>AlgEquiv</answertest>"
            f"<sans>ans1</sans><tans>{formula}</tans><testoptions/><quiet>1</quiet>"
            f"<truescoremode>=</truescoremode><truescore>{int(code == 'right')}</truescore>"
            f"<truepenalty/><truenextnode>-1</truenextnode><trueanswernote>{note}</trueanswernote>"
            f'<truefeedback format="html"><text>{cdata(feedback)}</text></truefeedback>'
            f"<falsescoremode>=</falsescoremode><falsescore>0</falsescore><falsepenalty/>"
            f"<falsenextnode>{after}</falsenextnode>"
            f"<falseanswernote>prt1-{place + 1}-F</falseanswernote>"
            '<falsefeedback format="html"><text/></falsefeedback></node>'
        )
        score, penalty = (1, 0) if code == "right" else (0, 0.1)
        tests.append(
            f"<qtest><testcase>{place + 1}</testcase><description/><testinput><name>ans1</name>"
            f"<value>{formula}</value></testinput><expected><name>prt1</name>"
            f"<expectedscore>{score}</expectedscore><expectedpenalty>{penalty}</expectedpenalty>"
            f"<expectedanswernote>{note}</expectedanswernote></expected></qtest>"
        )
    text = f"<p>{prompt}</p><p>[[input:ans1]] [[validation:ans1]]</p>"
    return (
        f'<question type="stack"><name><text>{escape_html(name)}</text></name>'
        f'<questiontext format="html"><text>{cdata(text)}</text></questiontext>'
        '<generalfeedback format="html"><text/></generalfeedback><defaultgrade>1</defaultgrade>'
        "<penalty>0.1</penalty><hidden>0</hidden><idnumber/>"
        "<stackversion><text>2020123000</text></stackversion>"
        f"<questionvariables><text>ta:{right};</text></questionvariables>"
        '<specificfeedback format="html"><text>[[feedback:prt1]]</text></specificfeedback>'
        '<questionnote format="html"><text/></questionnote>'
        '<questiondescription format="html"><text/></questiondescription>'
        "<questionsimplify>1</questionsimplify><assumepositive>0</assumepositive>"
        "<assumereal>0</assumereal>"
        f'<prtcorrect format="html"><text>{said("right", page)}</text></prtcorrect>'
        '<prtpartiallycorrect format="html"><text/></prtpartiallycorrect>'
        '<prtincorrect format="html"><text/></prtincorrect>'
        "<decimals>.</decimals><scientificnotation>*10</scientificnotation>"
        "<multiplicationsign>dot</multiplicationsign><sqrtsign>1</sqrtsign>"
        "<complexno>i</complexno><inversetrig>cos-1</inversetrig><logicsymbol>lang</logicsymbol>"
        "<matrixparens>[</matrixparens><variantsselectionseed/>"
        "<input><name>ans1</name><type>algebraic</type><tans>ta</tans><boxsize>20</boxsize>"
        "<strictsyntax>1</strictsyntax><insertstars>0</insertstars><syntaxhint/>"
        "<syntaxattribute>0</syntaxattribute><forbidwords/><allowwords/><forbidfloat>1</forbidfloat>"
        "<requirelowestterms>0</requirelowestterms><checkanswertype>0</checkanswertype>"
        "<mustverify>1</mustverify><showvalidation>1</showvalidation><options/></input>"
        "<prt><name>prt1</name><value>1.0000000</value><autosimplify>1</autosimplify>"
        "<feedbackstyle>1</feedbackstyle><feedbackvariables><text/></feedbackvariables>"
        + "".join(nodes)
        + "</prt>"
        + "".join(tests)
        + "</question>"
    )
