r"""The vocabulary: what each LaTeX command and Unicode character means to the reader.

A command that stands in none of these tables and is no macro of the user's is not understood.
"""

from __future__ import annotations

GREEK = frozenset(
    """alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta iota kappa varkappa
    lambda mu nu xi pi varpi rho varrho sigma varsigma tau upsilon phi varphi chi psi omega
    Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega""".split()
)
LETTER_COMMANDS = {
    **{name: name for name in GREEK},
    "ell": "ell", "hbar": "hbar", "imath": "i", "jmath": "j", "infty": "infinity",
    "Re": "Re", "Im": "Im", "emptyset": "emptyset", "varnothing": "emptyset", "aleph": "aleph",
    "digamma": "digamma", "wp": "wp", "top": "top", "intercal": "top", "bot": "bot",
    "dagger": "dagger",
    **{f"var{name}": name for name in ("Gamma", "Delta", "Theta", "Lambda", "Xi", "Pi", "Sigma",
                                       "Upsilon", "Phi", "Psi", "Omega")},
}  # fmt: skip

FUNCTIONS = frozenset(
    """exp log ln lg sin cos tan cot sec csc sinh cosh tanh coth arcsin arccos arctan arctanh
    max min sup inf argmax argmin det tr trace Tr diag sign sgn sigmoid softmax softplus relu ReLU
    LeakyReLU gelu GELU elu ELU erf rank vec step logistic logit sig Softmax Sigmoid Tanh
    logsumexp softsign outer prod sum heaviside CrossEntropy dim deg Var E""".split()
) - {"E"}

# Functions without a meaning of their own: a document may say what they are.
DEFINABLE = frozenset(
    """LeakyReLU gelu GELU elu ELU step logit sig softsign heaviside tan cot sinh cosh coth
    arctanh sgn""".split()
)

# Words that are names of quantities wherever they are typed letter by letter.
WORDS = frozenset(
    """out net in target total error loss cost input output hidden bias weight weights grad
    true pred new old next prev ideal actual Loss Cost Error Total MSE CE BCE NLL SSE RSS KL XE
    act pre post lin tot hid layer batch ref obs est def err var reg norm train test data val
    rec mid top bot end len num std avg enc dec raw tgt src pos neg idx seq emb pad""".split()
) - {"top", "bot"}

# Functions by the letters that they are typed with; elsewhere these may be products.
APPLIED = frozenset(
    """Cov cov Corr corr Cor cor adj RMS PE AND OR XOR NOT JS JSD TV MI LN BN GN IN MHA FFN MLP RNN
    CNN LSTM GRU Attn attn rot div Min Max Std std med conv Conv Det Div Proj proj col Concat concat
    im2col col2im Uniform Bernoulli sgm""".split()
)
# Quantities by the first letters of their names.
ACRONYMS = frozenset(
    "MAE RMSE MAPE SGD AUC TPR FPR TNR FNR PPV NPV PPL FID BLEU ELBO MSD LOO TSS ESS GAE".split()
)

ACCENTS = {
    "hat": "hat", "widehat": "hat", "tilde": "tilde", "widetilde": "tilde", "bar": "bar",
    "overline": "bar", "vec": "vec", "overrightarrow": "vec", "dot": "dot", "ddot": "ddot",
    "check": "check", "breve": "breve", "acute": "acute", "grave": "grave", "mathring": "ring",
    "underline": "underline", "not": "not", "overleftarrow": "lvec",
    "overleftrightarrow": "lrvec",
}  # fmt: skip

FONTS = {
    "mathbf": "bold", "boldsymbol": "bold", "bm": "bold", "pmb": "bold", "mathbfit": "bold",
    "symbf": "bold", "bold": "bold", "mathbold": "bold", "symbfit": "bold",
    "mathcal": "calligraphic", "cal": "calligraphic", "mathscr": "script",
    "mathfrak": "fraktur", "mathbb": "blackboard",
    "mathsf": "sans", "mathtt": "typewriter", "mathit": "", "mathnormal": "", "mathrm": "roman",
    "operatorname": "roman", "operatorname*": "roman", "mathop": "roman",
}  # fmt: skip
OLD_FONTS = {"bf": "bold", "rm": "roman", "it": "", "cal": "calligraphic", "sf": "sans",
             "tt": "typewriter", "boldmath": "bold"}  # fmt: skip

RELATIONS = {
    "=": "=", "<": "<", ">": ">", "==": "=", ":=": ":=", "=:": "=:", "!=": "\\neq",
    "<=": "\\leq", ">=": "\\geq", "eq": "=", "+=": "+=", "-=": "-=",
    "neq": "\\neq", "ne": "\\neq", "le": "\\leq", "leq": "\\leq", "ge": "\\geq", "geq": "\\geq",
    "leqslant": "\\leq", "geqslant": "\\geq", "lt": "<", "gt": ">", "ll": "\\ll", "gg": "\\gg",
    "approx": "\\approx", "simeq": "\\approx", "cong": "\\approx", "approxeq": "\\approx",
    "doteq": "\\approx", "sim": "\\sim", "propto": "\\propto", "equiv": "\\equiv",
    "triangleq": ":=", "coloneqq": ":=", "coloneq": ":=", "colonequals": ":=", "defeq": ":=",
    "eqqcolon": "=:", "in": "\\in", "notin": "\\notin", "ni": "\\ni", "subset": "\\subset",
    "subseteq": "\\subset", "leftarrow": "\\leftarrow", "gets": "\\leftarrow",
    "longleftarrow": "\\leftarrow", "mapsto": "\\mapsto", "perp": "\\perp",
    **{name: f"\\{name}" for name in """succ prec succeq preceq succcurlyeq preccurlyeq supset
       supseteq subsetneq gtrsim lesssim asymp models vdash Vdash vDash ngtr nless nleq ngeq
       nsubseteq nparallel trianglelefteq sqsubseteq""".split()},
    "longmapsto": "\\mapsto",
}  # fmt: skip

PRODUCT_OPERATORS = {
    "cdot": "\\cdot", "times": "\\times", "*": "*", "ast": "*", "odot": "\\odot",
    "bigodot": "\\odot", "circ": "\\circ", "otimes": "\\otimes", "bigotimes": "\\otimes",
    "/": "/", "div": "/", "cdotp": "\\cdot", "star": "*", "bullet": "*",
    "oslash": "/",
}  # fmt: skip

# What joins two operands and is read, never worked out. None binds closer than a plus.
OTHER_OPERATORS = frozenset(
    """cup cap setminus smallsetminus bigcirc uplus sqcup sqcap wedge vee land lor oplus ominus
    bigcup bigcap bigoplus biguplus bigvee bigwedge bigsqcup coprod boxtimes boxplus
    rtimes ltimes amalg bmod circledast circledcirc triangleright triangleleft bowtie Join
    backslash""".split()
)

CONNECTIVES = frozenset(
    """Rightarrow implies therefore because iff Longrightarrow Leftrightarrow Longleftrightarrow
    leadsto rightsquigarrow Leftarrow impliedby => leftrightharpoons rightleftharpoons
    leftrightarrow longleftrightarrow hArr rArr lArr Longleftarrow Updownarrow Downarrow Uparrow
    lrArr Lrarr harr dArr uArr""".split()
)
ARROWS = frozenset(
    [
        "rightarrow",
        "to",
        "longrightarrow",
        "->",
        "nearrow",
        "searrow",
        "uparrow",
        "downarrow",
        "hookrightarrow",
        "dashrightarrow",
        "updownarrow",
        "curvearrowright",
        "rightharpoonup",
    ]
)
# Arrows with words over them.
LONG_ARROWS = frozenset(["xrightarrow", "xleftarrow", "xleftrightarrow", "xmapsto"])
# Marks beside a formula that say what its author thinks of it.
TICKS = frozenset(["checkmark", "xmark", "cmark"])
# Commands of plain TeX whose braces hold the rows of a display or of a table.
IN_BRACES = {"displaylines": "gathered", "eqalign": "aligned", "eqalignno": "aligned",
             "matrix": "matrix", "pmatrix": "pmatrix", "bmatrix": "bmatrix",
             "cases": "cases"}  # fmt: skip

QUANTIFIERS = {"forall": "for all"}

# `\text{tr} A` is no remark before A.
OPERATORS_IN_WORDS = frozenset("tr Tr trace det rank vec".split())

# Where no macro of the document says otherwise.
NUMBER_SETS = frozenset("R RR Reals reals N NN natnums Z ZZ".split())

DOTS = frozenset(
    "dots ldots cdots vdots ddots dotsc dotsb dotsm dotsi dotso hdots mathellipsis".split()
)

# Dropped: spacing, styles, sizes. The number says how many braced arguments go with them.
COSMETIC = {
    **dict.fromkeys(
        """displaystyle textstyle scriptstyle scriptscriptstyle limits nolimits , ; : ! > nonumber
        notag noindent allowbreak nobreak break strut mathstrut centering hline hfill hfil
        thinspace medspace thickspace negthinspace normalsize small large Large LARGE huge Huge
        footnotesize scriptsize tiny relax null space par ensuremath mathord mathbin mathrel
        mathopen mathclose mathpunct mathinner smash cancel bcancel xcancel boxed fbox framebox
        rlap llap mathrlap mathllap pause displaylimits unboldmath normalfont""".split(),
        0,
    ),
    **dict.fromkeys(
        """label tag tag* hspace hspace* vspace vspace* phantom hphantom vphantom color require
        textcolor cssId class style cite ref eqref footnote colorbox bbox htmlClass htmlId href
        enclose hdotsfor""".split(),
        1,
    ),
    **dict.fromkeys(["setcounter", "addtocounter"], 2),
}
# What ends a proof and is no part of its last formula.
ENDS_OF_PROOFS = frozenset(["square", "blacksquare", "Box", "qed", "qedsymbol", "blacktriangle"])
# Spaces of a length that is said, and how many of each unit are as wide as a `\\quad`.
SPACES = frozenset(["hspace", "hspace*", "hskip", "kern", "mkern", "mskip"])
SPACE_UNITS = {"em": 1.0, "ex": 0.4, "pt": 0.1, "mm": 0.28, "cm": 2.8, "in": 7.2, "mu": 0.056,
               "quad": 1.0, "textwidth": 30.0, "linewidth": 30.0}  # fmt: skip
# As parts of a `\quad`.
THIN_SPACES = {",": 1 / 6, ":": 2 / 9, ">": 2 / 9, ";": 5 / 18}
SIZES = {
    **dict.fromkeys("left bigl Bigl biggl Biggl".split(), "open"),
    **dict.fromkeys("right bigr Bigr biggr Biggr".split(), "close"),
    **dict.fromkeys("big Big bigg Bigg".split(), ""),
    **dict.fromkeys("middle bigm Bigm biggm Biggm".split(), "middle"),
}
OPTIONAL_FIRST = frozenset(["bbox", "color", "textcolor", "smash"])  # `\\color[rgb]{1,0,0}`

TEXTS = frozenset(
    """text mbox textrm textbf textit textsf texttt hbox textnormal intertext shortintertext
    textup textmd textsc emph""".split()
)

# Delimiters by their commands; a bar that says which side it stands on carries "<" or ">".
DELIMITERS = {
    "{": "{", "}": "}", "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]",
    "langle": "<", "rangle": ">", "lparen": "(", "rparen": ")",
    "vert": "|", "|": "||", "Vert": "||", "lvert": "|<", "rvert": "|>", "lVert": "||<",
    "rVert": "||>", "mid": "mid", "parallel": "||", "lfloor": "⌊", "rfloor": "⌋", "lceil": "⌈",
    "rceil": "⌉", "llbracket": "[", "rrbracket": "]", "arrowvert": "|", "Arrowvert": "||",
}  # fmt: skip

UNICODE_COMMANDS = {
    "∂": "partial", "∇": "nabla", "∑": "sum", "∏": "prod", "·": "cdot", "⋅": "cdot", "×": "times",
    "⊙": "odot", "∘": "circ", "⊗": "otimes", "÷": "div", "≈": "approx", "≠": "neq", "≤": "leq",
    "⩽": "leq", "≦": "leq", "≥": "geq", "⩾": "geq", "≧": "geq", "∈": "in", "∉": "notin",
    "≡": "equiv", "∝": "propto", "→": "rightarrow",
    "⟶": "longrightarrow", "←": "leftarrow", "⇒": "Rightarrow", "⟹": "implies", "∴": "therefore",
    "∵": "because", "⇔": "iff", "≔": "coloneqq", "≜": "triangleq", "…": "ldots", "⋯": "cdots",
    "⋮": "vdots", "⋱": "ddots", "√": "sqrt", "∞": "infty", "⊤": "top", "ℓ": "ell",
    "‖": "|", "∥": "|", "⟨": "langle", "⟩": "rangle", "∀": "forall",
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ϵ": "epsilon",
    "∪": "cup", "∩": "cap", "⊕": "oplus", "⊖": "ominus", "∧": "wedge", "∨": "vee",
    "≻": "succ", "≺": "prec", "⊂": "subset", "⊆": "subseteq", "↦": "mapsto", "↔": "leftrightarrow",
    "✓": "checkmark", "✔": "checkmark", "✗": "xmark", "✘": "xmark", "⟼": "mapsto",
    "ζ": "zeta", "η": "eta", "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu",
    "µ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma", "τ": "tau",
    "υ": "upsilon", "φ": "varphi", "ϕ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
    "Γ": "Gamma", "Δ": "Delta", "∆": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
COMBINING = {"\u0302": "hat", "\u0303": "tilde", "\u0304": "bar", "\u0305": "bar",
             "\u0307": "dot", "\u0308": "ddot", "\u20d7": "vec"}  # fmt: skip
SUPERSCRIPTS = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ᵀ", "0123456789+-()T", strict=True))
SUBSCRIPTS = dict(
    zip("₀₁₂₃₄₅₆₇₈₉₊₋₌ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", "0123456789+-=aehijklmnoprstuvx", strict=True)
)

# Where a word inside a formula is a word of the sentence and not the name of a quantity.
SENTENCE_WORDS = frozenset(
    """and or where with if for so then thus hence since because similarly otherwise therefore let
    given but as when while else all elsewhere is are we have get the of to in on from by that
    which this thus also note recall using assuming likewise finally reader proposed""".split()
)

# Commands that are typed for others.
ALIASES = {"triangledown": "nabla", "bigtriangledown": "nabla", "Bbb": "mathbb",
           "triangle": "Delta", "bigtriangleup": "Delta", "vartriangle": "Delta"}  # fmt: skip

# The kind of token that each single character is.
CHARACTERS = {
    "_": "sub", "^": "sup", "'": "prime", "&": "align", "+": "sign", "-": "sign", "−": "sign",
    "(": "bracket", ")": "bracket", "[": "bracket", "]": "bracket", "|": "bracket",
    ",": "punctuation", ";": "punctuation", ".": "punctuation", ":": "punctuation",
    "!": "unknown", "<": "relation", ">": "relation", "=": "relation", "*": "product",
    "/": "product", "’": "prime", "′": "prime", "–": "sign",
    "，": "punctuation", "；": "punctuation", "：": "punctuation", "。": "punctuation",
    "、": "punctuation", "（": "bracket", "）": "bracket", "＝": "relation", "＋": "sign",
    "－": "sign", "±": "sign", "∓": "sign", "@": "product", "∗": "product", "⁎": "product",
}  # fmt: skip
CANONICAL = {"−": "-", "–": "-", "’": "'", "′": "'", "，": ",", "；": ";", "：": ":", "。": ".",
             "、": ",", "（": "(", "）": ")", "＝": "=", "＋": "+", "－": "-", "∓": "±", "@": "",
             "∗": "*", "⁎": "*"}  # fmt: skip
NEGATED = {"=": "\\neq", "\\in": "\\notin", "\\equiv": "\\neq"}
BRACKETS = frozenset("( ) [ ] { } < > | || |< |> ||< ||> mid ⌊ ⌋ ⌈ ⌉".split())

# The commands that the parser itself knows.
PARSED = frozenset(
    """frac dfrac tfrac cfrac nicefrac sfrac over sqrt root binom dbinom tbinom partial nabla sum
    prod underbrace overbrace overset underset stackrel substack atop int iint
    iiint oint lim mathds mathbbm textbb bf rm it cal sf tt boldmath arg""".split()
).union(ACCENTS, FONTS, FUNCTIONS)
