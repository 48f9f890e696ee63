/** The runtime half of Handlebars has no types of its own; it is the same object without the compiler. */
declare module 'handlebars/runtime.js' {
  import Handlebars from 'handlebars';
  export default Handlebars;
}
