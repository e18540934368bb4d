/** Written short or in full, a pair a line. What is a word as well (`us`) is not among them. */
const ABBREVIATIONS: ReadonlyMap<string, string> = new Map(
  `mt.=Mount
st.=Saint
dr.=Doctor
prof.=Professor
e.g.=for example
i.e.=that is
etc.=and so on
vs.=versus
vs=versus
approx.=approximately
env.=environ
z.b.=zum Beispiel
ca.=approximately
k8s=kubernetes
js=javascript
ts=typescript
postgres=postgresql
info=information
max.=maximum
min.=minimum
usa=united states
u.s.=united states
u.s.a.=united states
united states of america=united states
uk=UK
u.k.=UK
united kingdom=UK
asap=as soon as possible
w/=with
w/o=without
u=you
ur=your
b/c=because
abt=about
temp=temperature
app=application
apps=applications
repo=repository
db=database
config=configuration
args=arguments
params=parameters
func=function
ai=artificial intelligence
ml=machine learning
nlp=natural language processing
oop=object oriented programming
ui=user interface
os=operating system
vm=virtual machine
vms=virtual machines
aws=amazon web services
gcp=google cloud platform
vs code=visual studio code
vscode=visual studio code
regex=regular expression
regexp=regular expression
regexes=regular expressions
golang=go
csharp=c#
cpp=c++
mongo=mongodb
dict=dictionary
docs=documentation
vars=variables
diff=difference
msg=message
msgs=messages
pic=picture
pics=pictures
num=number
std=standard
govt=government
dept=department
univ=university
ppl=people
thru=through
cuz=because
coz=because
thx=thanks
rn=right now
tv=television
ceo=chief executive officer
phd=doctorate
gdp=gross domestic product
eu=european union
nyc=new york city
e.u.=european union
b.a.=bachelor of arts
b.sc.=bachelor of science
m.sc.=master of science
incl.=including
excl.=excluding
esp.=especially
jan.=january
feb.=february
aug.=august
sept.=september
oct.=october
nov.=november
dec.=december
mon.=monday
tue.=tuesday
wed.=wednesday
thu.=thursday
fri.=friday`
    .split('\n')
    .map((line) => {
      const [short = '', full = ''] = line.split('=');
      return [short, full] as const;
    }),
);
/** One pattern for all, the longest first: looking for each by itself takes a tenth of a millisecond. */
const ABBREVIATION = new RegExp(
  `(?<![\\p{L}\\p{N}_.'-])(?:${[...ABBREVIATIONS.keys()]
    .sort((x, y) => y.length - x.length)
    .map((short) => short.replaceAll('.', '\\.'))
    .join('|')})(?![\\p{L}\\p{N}_'-])`,
  'giu',
);

/** @returns the text with common abbreviations in full */
export function writtenOut(text: string): string {
  return text.replaceAll(ABBREVIATION, (short) => ABBREVIATIONS.get(short.toLowerCase()) ?? short);
}
