"""Small models of every kind that emission has to know, stated in the language."""

RNN = """
input x[t,j]
target y[t,o]
param W[j,k], U[k,k], b[k], V[k,o], c[o], h0[k]
h[0,k] = h0[k]
h[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] h[t-1,i]) + b[k])
z[t,o] = sum(k, V[k,o] h[t,k]) + c[o]
p[t,o] = softmax(o, z[t,o])
L = -sum(t, o, y[t,o] log(p[t,o]))
"""

LSTM = """
input x[t,j]
param Wi[j,k], Ui[k,k], bi[k], Wf[j,k], Uf[k,k], bf[k]
param Wo[j,k], Uo[k,k], bo[k], Wg[j,k], Ug[k,k], bg[k], v[k]
h[0,k] = 0
c[0,k] = 0
i[t,k] = sigmoid(sum(j, Wi[j,k] x[t,j]) + sum(l, Ui[l,k] h[t-1,l]) + bi[k])
f[t,k] = sigmoid(sum(j, Wf[j,k] x[t,j]) + sum(l, Uf[l,k] h[t-1,l]) + bf[k])
o[t,k] = sigmoid(sum(j, Wo[j,k] x[t,j]) + sum(l, Uo[l,k] h[t-1,l]) + bo[k])
g[t,k] = tanh(sum(j, Wg[j,k] x[t,j]) + sum(l, Ug[l,k] h[t-1,l]) + bg[k])
c[t,k] = f[t,k] c[t-1,k] + i[t,k] g[t,k]
h[t,k] = o[t,k] tanh(c[t,k])
L = sum(t, k, v[k] h[t,k]^2)
"""

BACKWARD = """
input x[t,j]
param W[j,k], U[k,k], v[k]
r[T+1,k] = 0
r[t,k] = tanh(sum(j, W[j,k] x[t,j]) + sum(i, U[i,k] r[t+1,i]))
L = sum(t, k, v[k] sin(r[t,k]))
"""

CONVOLUTION = """
input x[n]
param w[m], b
param v[i] for i = 1..N-M+1
y[i] = sum(m, w[m] x[i+m-1]) + b for i = 1..N-M+1
L = sum(i, v[i] sin(y[i]))
"""

PADDED = """
input x[c,n]
param K[f,c,r], b[f]
size P
x[c,n] = 0 outside
y[f,i] = relu(sum(c, r, K[f,c,r] x[c,i+r-1-P]) + b[f]) for i = 1..N
L = mean(f, sum(i, (y[f,i] - 1)^2))
"""

STRIDED = """
input x[c,h,w]
param K[f,c,r,s], b[f], v[f,p,q]
y[f,i,j] = sum(c, r, s, K[f,c,r,s] x[c,2*(i-1)+r,2*(j-1)+s]) + b[f] for i = 1..P, j = 1..Q
L = sum(f, p, q, v[f,p,q] sin(y[f,p,q]))
"""

POOLING = """
input x[c,n]
param v[c,i]
y[c,i] = max(m in 1..2, x[c,2*(i-1)+m])
L = sum(c, i, v[c,i] sin(y[c,i]))
"""

BATCH_NORM = """
input x[n,j]
param gamma[j], beta[j], v[n,j]
const eps > 0
mu[j] = mean(n, x[n,j])
s2[j] = mean(n, (x[n,j] - mu[j])^2)
xh[n,j] = (x[n,j] - mu[j]) / sqrt(s2[j] + eps)
y[n,j] = gamma[j] xh[n,j] + beta[j]
L = sum(n, j, v[n,j] sin(y[n,j]))
"""

ATTENTION = """
input x[n,d]
param WQ[d,e], WK[d,e], WV[d,w], v[n,w]
Q[n,e] = sum(d, x[n,d] WQ[d,e])
K[n,e] = sum(d, x[n,d] WK[d,e])
V[n,w] = sum(d, x[n,d] WV[d,w])
S[n,m] = sum(e, Q[n,e] K[m,e]) / sqrt(E) for m = 1..N
A[n,m] = softmax(m in 1..n, S[n,m]) for m = 1..N
O[n,w] = sum(m in 1..n, A[n,m] V[m,w])
L = sum(n, w, v[n,w] sin(O[n,w]))
"""

TIED = """
integer z[t] in V, y[t] in V
param E[v,d], U[d,d]
u[t,d] = tanh(sum(e, E[z[t],e] U[e,d])) for d = 1..D
q[t,v] = sum(d, u[t,d] E[v,d])
p[t,v] = softmax(v, q[t,v])
L = -sum(t, log(p[t,y[t]]))
"""

NEGATIVES = """
integer c in V, o in V, neg[k] in V
param E[v,d], U[v,d]
s0 = sum(d, E[c,d] U[o,d])
s[k] = sum(d, E[c,d] U[neg[k],d])
L = -log(sigmoid(s0)) - sum(k, log(sigmoid(-s[k])))
"""

CRF = """
integer y[t] in K
param u[t,k], A[k,k]
f[1,k] = u[1,k]
f[t,k] = u[t,k] + log(sum(l, exp(f[t-1,l] + A[l,k]))) for t = 2..T
L = log(sum(k, exp(f[T,k]))) - sum(t, u[t,y[t]]) - sum(t in 2..T, A[y[t-1],y[t]])
"""

RIDGE = """
input x[n,j]
target y[n]
param w[j]
const m[n]
L = mean(n, [m[n] > 0] (y[n] - sum(j, x[n,j] w[j]))^2) + 0.01 sum(j, w[j]^2)
"""

MODELS = {
    "rnn": RNN,
    "lstm": LSTM,
    "backward": BACKWARD,
    "convolution": CONVOLUTION,
    "padded": PADDED,
    "strided": STRIDED,
    "pooling": POOLING,
    "batch-norm": BATCH_NORM,
    "attention": ATTENTION,
    "tied": TIED,
    "negatives": NEGATIVES,
    "crf": CRF,
    "ridge": RIDGE,
}
