"""The words by which documents in many languages say the same: conditions, kinds, functions.

One table, from which every room takes the words that it looks for. They are regular expressions
for lower case; languages that write no spaces between words have no borders around them.
"""

from __future__ import annotations

import re
from functools import cache

__all__ = ["LANGUAGES", "WORDS", "pattern", "words"]

LANGUAGES = "en de fr es pt it ru pl tr vi id zh ja ko".split()
_WITHOUT_SPACES = frozenset(["zh", "ja", "ko"])
_LETTER = "A-Za-zÀ-ɏͰ-ϿЀ-ӿḀ-ỿ"
_ROW = re.compile(r"^(?P<language>[a-z]{2}): (?P<words>.+)$", re.MULTILINE)


def _rows(table: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for row in _ROW.finditer(table):
        before = found.get(row["language"])
        found[row["language"]] = f"{before}|{row['words']}" if before else row["words"]
    return found


WORDS = {
    "if": _rows(r"""
en: if|when|whenever|unless|provided(?: that)?|(?:in )?(?:the )?case(?: of| \(?\w{1,3}\)?)?
de: wenn|falls|sofern|(?:im|für den) falle?
fr: si|lorsque|lorsqu'on|quand|(?:dans |pour )?le cas(?: où| de)?
es: si|cuando|(?:en |para )?el caso(?: de| en que)?|en caso de(?: que)?
pt: se|quando|(?:no |para o )?caso(?: de| em que)?
it: se|quando|(?:nel |per il )?caso(?: di| in cui)?
ru: если|когда|(?:в|для) случа[ея]|случай
pl: jeśli|jeżeli|gdy|kiedy|(?:w|dla) przypadku
tr: eğer
vi: nếu|khi|(?:trong |với )?trường hợp
id: jika|bila|apabila|ketika
zh: 当|當|若|如果|假如|情况|情況
ja: もし
ko: 만약|만일
"""),
    "if, behind": _rows(r"""
tr: ise|iken|olduğunda|durumunda
zh: 时|時|的情况|的情況
ja: のとき|の時|の場合|ならば|であれば
ko: 일 때|일때|인 경우|이면|라면
"""),
    "for": _rows(r"""
en: for(?: all| every| each| any)?
de: für(?: alle| jede[nsr]?)?
fr: pour(?: tout| tous| toutes?| chaque)?
es: para(?: todo| toda| todos| todas| cada)?
pt: para(?: todo| toda| todos| todas| cada)?
it: per(?: ogni| tutti| tutte)?
ru: для(?: всех| каждого| любого)?|при
pl: dla(?: każdego| wszystkich| dowolnego)?|przy
vi: với(?: mọi| mỗi)?|cho mọi
id: untuk(?: setiap| semua)?
zh: 对于?(?:所有|任意|每个)?的?|對於?(?:所有|任意|每個)?的?
"""),
    "where": _rows(r"""
en: where|with|such that|s\.\s?t\.|subject to
de: wobei|mit|wo
fr: où|avec|telle? que
es: donde|con|tal que
pt: onde|com|tal que
it: dove|con|tale che
ru: где
pl: gdzie
vi: trong đó
id: di mana|dengan
zh: 其中|满足|使得|滿足
ja: ただし|ここで
ko: 여기서
"""),
    "since": _rows(r"""
en: since|because
de: da|weil
fr: car|puisque
es: ya que|porque|puesto que
pt: já que|porque|pois
it: poiché|perché|dato che|siccome
ru: так как|поскольку|потому что
pl: ponieważ|gdyż
tr: çünkü
vi: vì|bởi vì
id: karena
zh: 因为|由于|因為|由於
ja: なぜなら
ko: 왜냐하면
"""),
    "by": _rows(r"""
en: from|by|use|via
de: aus|nach|laut
fr: d'après|par|selon
es: por|según
pt: por|pela?|segundo
it: da|per|secondo
ru: из|по|согласно
pl: z|zgodnie z
vi: từ|theo
id: dari|menurut
zh: 由|根据|根據|利用
ja: より|から
ko: 에서
"""),
    "and": _rows(r"""
en: and
de: und
fr: et
es: y|e
pt: e
it: e|ed
ru: и
pl: i|oraz
tr: ve
vi: và
id: dan
zh: 和|且|并且|及
ja: かつ|と
ko: 그리고|이고
"""),
    "sample": _rows(r"""
en: samples?|examples?|data\w*|observations?|instances?|training|batch(?:es)?|mean
de: stichprobe\w*|beispiel\w*|datens[aä]tz\w*|daten\w*|beobachtung\w*|mittel\w*
fr: échantillons?|exemples?|données|observations?|moyenne
es: muestras?|ejemplos?|datos|observaci(?:ón|ones)|media
pt: amostras?|exemplos?|dados|observaç(?:ão|ões)|média
it: campion[ei]|esemp[io]+|dati|osservazion[ei]|media
ru: выборк\w*|пример\w*|данны\w*|наблюдени\w*|образц\w*|средн\w*
pl: prób\w*|przykład\w*|dan(?:e|ych)|obserwacj\w*|średni\w*
tr: örnek\w*|veri\w*|gözlem\w*|ortalama\w*
vi: mẫu|dữ liệu|ví dụ|quan sát|trung bình
id: sampel|contoh|data|pengamatan|rata-rata
zh: 样本|數據|数据|樣本|训练集|訓練|观测|均方|平均
ja: サンプル|データ|標本|観測|平均
ko: 샘플|표본|데이터|관측|평균
"""),
    "otherwise": _rows(r"""
en: otherwise|else|in (?:all|any|every) other cases?
de: sonst|ansonsten|andernfalls
fr: sinon|autrement
es: en otro caso|de lo contrario|en caso contrario|si no
pt: caso contrário|senão|do contrário
it: altrimenti|in caso contrario
ru: иначе|в (?:противном|остальных|других) случа(?:е|ях)
pl: w przeciwnym (?:razie|wypadku|przypadku)
tr: aksi (?:halde|takdirde)
vi: ngược lại
id: selain itu|lainnya
zh: 否则|否則|其他|其它
ja: それ以外|その他
ko: 그 외|그렇지 않으면
"""),
    "in general": _rows(r"""
en: in general|in all|both|combin\w*|together|either|overall|altogether|in any case|finally|summ\w*
de: im allgemeinen|allgemein|insgesamt|zusammen\w*|schließlich|in beiden
fr: en général|au total|ensemble|finalement|en combinant
es: en general|en total|finalmente|combinando|juntando
pt: em geral|no geral|no total|finalmente|combinando|juntando
it: in generale|in totale|infine|combinando
ru: в общем\w*|в целом|в итоге|итого|объедин\w*|окончательно|вместе
pl: ogólnie|łącznie|razem|ostatecznie
tr: genel olarak|sonuç olarak|birleştir\w*
vi: tổng quát|kết hợp|cuối cùng
id: secara umum|gabung\w*|akhirnya
zh: 综上|综合|总之|一般|合并|结合|最终|最后|綜上|綜合|總之|最終|最後
ja: 一般に|まとめ|以上より|結局|合わせ
ko: 일반적으로|정리하면|결국|합치면
"""),
    "let": _rows(r"""
en: let|suppose|consider|assume|say|take|instead|alternatively|now|define
en: example|another|with|where|if|case|choose|given
de: sei|seien|angenommen|betrachte\w*|nun|definier\w*|beispiel\w*|stattdessen|mit|wobei|wenn|gegeben
fr: soit|soient|supposons|considérons|prenons|maintenant|définissons|posons|exemple|avec|où|si
es: sea|sean|supongamos|suponga\w*|considere\w*|tomemos|ahora|defin\w*|ejemplo|con|donde|si
pt: seja|sejam|suponha\w*|considere\w*|agora|defin\w*|exemplo|com|onde|se
it: sia|siano|supponiamo|consideriamo|ora|definiamo|esempio|con|dove|se
ru: пусть|предположим|рассмотрим|возьм[её]м|теперь|определим|обозначим|пример\w*|например|где|если
pl: niech|załóżmy|rozważmy|teraz|zdefiniuj\w*|przykład\w*|gdzie|jeśli
tr: olsun|varsayalım|örne\w*|şimdi|tanımla\w*
vi: giả sử|xét|ví dụ|bây giờ|đặt|gọi|cho|với|nếu
id: misal\w*|anggap\w*|contoh|sekarang|jika
zh: 设|設|令|假设|假設|假定|考虑|考慮|例如|例子|比如|现在|現在|定义|定義|取|若|当
ja: 仮に|考え|例えば|例|定義|ここで
ko: 가정|예를 들어|예시|고려|정의
"""),
    "is": _rows(r"""
en: is|are|be|denotes?|stands for
de: ist|sind|sei|bezeichnet
fr: est|sont|désigne
es: es|son|denota
pt: é|são|denota
it: è|sono|denota
ru: это|является|обозначает|—|–
pl: jest|to|oznacza|—|–
vi: là
id: adalah|merupakan
zh: 是|为|為|表示|代表
ja: は|を
ko: 는|은|이|가
"""),
    "matrix": _rows(r"""
en: matrix|matrices
de: matrix|matrizen
fr: matrices?
es: matriz|matrices
pt: matriz|matrizes
it: matric[ei]
ru: матриц\w+
pl: macierz\w*
tr: matris\w*
vi: ma trận
id: matriks
zh: 矩阵|矩陣
ja: 行列
ko: 행렬
"""),
    "vector": _rows(r"""
en: vectors?
de: vektor(?:en)?|\w+vektor
fr: vecteurs?
es: vector(?:es)?
pt: vetor(?:es)?
it: vettor[ei]
ru: вектор\w*
pl: wektor\w*
tr: vektör\w*
vi: vec-?tơ|véc-?tơ|vector
id: vektor
zh: 向量|矢量
ja: ベクトル
ko: 벡터
"""),
    "number": _rows(r"""
en: scalar|rate|constant|number|label|hyperparameter
de: skalar|zahl|konstante|lernrate|hyperparameter
fr: scalaire|nombre|constante|taux|étiquette
es: escalar|número|constante|tasa|etiqueta
pt: escalar|número|constante|taxa|rótulo
it: scalare|numero|costante|tasso|etichetta
ru: скаляр\w*|число|константа|скорость|метка
pl: skalar\w*|liczba|stała|etykieta
tr: skaler|sabit|sayı\w*
vi: vô hướng|hằng số|tốc độ|nhãn
id: skalar|konstanta|bilangan|laju
zh: 标量|常数|实数|学习率|标签|標量|常數|實數|學習率|標籤
ja: スカラー|定数|実数|学習率|ラベル
ko: 스칼라|상수|실수|학습률|레이블
"""),
    "function": _rows(r"""
en: functions?
de: \w*funktion(?:en)?
fr: fonctions?
es: funci(?:ón|ones)
pt: fun(?:ção|ções)
it: funzion[ei]
ru: функци\w+
pl: funkcj\w+
tr: fonksiyon\w*
vi: hàm(?: số)?
id: fungsi
zh: 函数|函數
ja: 関数
ko: 함수
"""),
    "sigmoid": _rows(r"""
en: sigmoid\w*|logistic
de: logistisch\w*|sigmoid\w*
fr: sigmoïde|logistique
es: sigmoide|logística
pt: sigmoide|sigmóide|logística
it: sigmoide|logistica
ru: сигмоид\w*|логистическ\w*
pl: sigmoidaln\w*|logistyczn\w*
tr: sigmoid|lojistik
vi: sigmoid
id: sigmoid|logistik
zh: s型
ja: シグモイド|ロジスティック
ko: 시그모이드|로지스틱
"""),
    "tanh": _rows(r"""
en: tanh|hyperbolic tangent
de: tangens hyperbolicus
fr: tangente hyperbolique
es: tangente hiperbólica
pt: tangente hiperbólica
it: tangente iperbolica
ru: гиперболическ\w+ тангенс\w*
zh: 双曲正切|雙曲正切
ja: 双曲線正接|ハイパボリックタンジェント
ko: 쌍곡탄젠트
"""),
    "denied": _rows(r"""
en: never|without|drop\w*|forget|skew|anti|whether|mistake\w*|wrong\w*|fals[ec]\w*|unlike|longer
de: ohne|kein\w*
fr: sans|ne|aucun\w*|jamais
es: sin|ning\w*|nunca
pt: sem|jamais|nunca
it: senza
ru: без|нет
pl: bez
zh: 无|無|非|没
"""),
    "convolution": _rows(r"""
en: convolution\w*|convolv\w*
de: faltung\w*
fr: convolution\w*
es: convoluci\w+
pt: convoluç\w+
it: convoluzion\w+
ru: св[её]ртк\w+
zh: 卷积|卷積
ja: 畳み込み
ko: 합성곱
"""),
    "laplacian": _rows(r"""
en: laplac\w*
de: laplace\w*
fr: laplacien\w*
es: laplaciano\w*
pt: laplaciano\w*
it: laplaciano\w*
ru: лаплас\w*
zh: 拉普拉斯
ja: ラプラシアン|ラプラス
ko: 라플라
"""),
    "diagonal": _rows(r"""
en: diagonal
de: diagonal\w*
fr: diagonal\w*
es: diagonal
pt: diagonal
it: diagonale
ru: диагональн\w+
zh: 对角|對角
ja: 対角
ko: 대각
"""),
    "orthogonal": _rows(r"""
en: orthogonal\w*|orthonormal\w*
de: orthogonal\w*|orthonormal\w*
fr: orthogonal\w*|orthonormé\w*
es: ortogonal\w*|ortonormal\w*
pt: ortogona\w*|ortonorma\w*
it: ortogonal\w*|ortonormal\w*
ru: ортогональн\w+|ортонормированн\w+
pl: ortogonaln\w+
zh: 正交
ja: 直交
ko: 직교
"""),
    "held constant": _rows(r"""
en: held constant|(?:treat|tak|hold|held|kept|keep)\w*\s+(?:as\s+)?(?:an?\s+)?(?:constant|fixed)
en: as (?:an? )?(?:constant|fixed)|constant target|is (?:an?\s+)?constant|detached
en: stop[- ]?gradient|no gradient flows
de: konstant gehalten|als konstant|als konstante|ist konstant|festgehalten
fr: comme constante|comme une constante|est constant|est constante|est fixé|est fixée
es: como constante|como una constante|es constante
pt: como constante|como uma constante|é constante
it: come costante|come una costante|è costante
ru: как константа|считается постоянн\w+
zh: 视为常数|視為常數|看作常数|当作常数|视作常数
ja: 定数とみな|定数とする
ko: 상수로
"""),
    "symmetric": _rows(r"""
en: symmetric\w*
de: symmetrisch\w*
fr: symétrique\w*
es: simétric\w+
pt: simétric\w+
it: simmetric\w+
ru: симметричн\w+
pl: symetryczn\w+
tr: simetrik
vi: đối xứng
id: simetris
zh: 对称|對稱
ja: 対称
ko: 대칭
"""),
}
"""For each thing that words say, the words of each language that has some for it."""


@cache
def pattern(source: str) -> re.Pattern[str]:
    """A pattern that looks for words in either case, compiled when it is first asked for."""
    return re.compile(source, re.IGNORECASE)


@cache
def words(*kinds: str) -> str:
    """A regular expression for the words of these kinds, whole ones where words are parted."""
    parted: list[str] = []
    joined: list[str] = []
    for kind in kinds:
        for language, found in WORDS[kind].items():
            (joined if language in _WITHOUT_SPACES else parted).append(found)
    # Borders need no other case, and without it are compiled in a fraction of the time.
    whole = rf"(?-i:(?<![{_LETTER}]))(?:{'|'.join(parted)})(?-i:(?![{_LETTER}]))"
    return "(?:" + "|".join(part for part in (parted and whole, *joined) if part) + ")"
